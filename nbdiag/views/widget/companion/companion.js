// Names the parts, keeps what is open, lights a finding everywhere, reads values under the pointer. No kernel is asked.
async function render({ model, el }) {
  const stop = new AbortController()
  const alive = () => !stop.signal.aborted
  const root = await until(() => el.isConnected && el.closest('.nbdiag-run'))
  const chart = root.querySelector('.nbdiag-chart')
  const view = {
    model, root, chart, parts: null, reading: null, reach: 0,
    findings: () => model.get('findings'),
    placeName: value => `${model.get('unit')} ${value.toLocaleString('en', { maximumFractionDigits: 2 })}`,
    on: (target, type, listener, capture = false) => target.addEventListener(type, listener, { capture, signal: stop.signal }),
    refresh: () => {},
  }
  let asked = 0
  async function find() {
    const mine = ++asked
    if (!model.get('parts').rail) return false // nothing drawn yet
    const parts = await resolve(model.get('parts'), model.widget_manager, root, () => alive() && mine === asked)
    if (!alive() || mine !== asked) return false // the chart has changed its structure meanwhile
    view.parts = parts
    return true
  }
  const chosen = selection(view)
  const read = reading(view)
  const over = overlay(view)
  const tool = tools(view)
  // Our own changes must not call us again, for ever: write only what differs, and forget the records of it.
  const watch = new MutationObserver(() => view.refresh())
  view.refresh = () => {
    if (!view.parts) return
    chosen.sync()
    read.label()
    over.draw()
    tool.draw()
    watch.takeRecords()
  }
  watch.observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['d', 'transform', 'width', 'height'] })
  const resized = new ResizeObserver(() => view.refresh())
  resized.observe(chart)
  const listen = (name, listener) => {
    model.on(`change:${name}`, listener)
    stop.signal.addEventListener('abort', () => model.off(`change:${name}`, listener))
  }
  const cards = () => {
    chosen.morph(model.get('cards'))
    view.refresh()
  }
  const structure = async () => {
    if (!(await find())) return
    view.refresh()
    root.dataset.nbdiagReady = 'true'
  }
  listen('parts', structure)
  listen('findings', () => view.refresh())
  listen('cards', cards)
  listen('offer', () => chosen.offer(model.get('offer')))
  cards()
  chosen.offer(model.get('offer'))
  structure()
  return () => {
    stop.abort()
    watch.disconnect()
    resized.disconnect()
    over.remove()
    tool.remove()
  }
}

export default { render }
