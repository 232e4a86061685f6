// Names the parts, keeps what is open, lights a finding everywhere, reads values under the pointer. No kernel is asked.
async function render({ model, el }) {
  const stop = new AbortController()
  const { signal } = stop
  const root = await until(() => el.isConnected && el.closest('.nbdiag-run'))
  const view = {
    model,
    root,
    signal,
    chart: root.querySelector('.nbdiag-chart'),
    parts: null, // nothing drawn yet
    reading: null, // the place under the pointer
    reach: 0,
    findings: () => model.get('findings'),
    number: value => value.toLocaleString('en', { maximumFractionDigits: 2 }),
    on: (target, type, listener, capture = false) => target.addEventListener(type, listener, { capture, signal }),
  }
  view.choices = choices(view)
  view.isOff = ({ name }) => view.choices.get('off').includes(name)
  view.units = units(view)
  view.runs = runs(view)
  const chosen = selection(view)
  copying(view)
  const read = reading(view)
  const over = overlay(view)
  view.zoom = zoom(view, over.front)
  const ticks = grid(view, over.behind, over.front)
  const drawn = curves(view, over.behind) // above the grid, below bqplot's rings and names
  const pins = rail(view)
  const named = labels(view, over.front)
  view.wire = wire(view)
  const bar = tools(view)
  const end = stopping(view)
  const said = speech(view)

  // One update of the kernel is a dozen messages, each a task of its own: all that come between two frames are
  // followed at once. Each refresh reads the page's layout, which is what is dear.
  let waiting = 0
  const soon = () => {
    waiting ||= requestAnimationFrame(view.refresh)
  }
  // Our own changes must not call us again, for ever: write only what differs, and forget the records of it.
  const watch = new MutationObserver(soon)
  view.refresh = () => {
    cancelAnimationFrame(waiting)
    waiting = 0
    if (!view.parts || signal.aborted) return
    view.wire.sync()
    bar.apply()
    view.zoom.hold()
    chosen.sync()
    const at = geometry(view)
    if (at) {
      over.draw(at)
      named.draw(at)
      ticks.draw(at)
      drawn.draw(at)
      pins.draw(at)
    }
    read.label()
    bar.draw()
    end.draw()
    said.draw()
    watch.takeRecords()
  }
  const attributeFilter = ['d', 'transform', 'width', 'height']
  watch.observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter })
  const resized = new ResizeObserver(soon)
  resized.observe(view.chart)

  let asked = 0
  async function find() {
    const mine = ++asked
    if (!model.get('parts').rail) return
    const latest = () => !signal.aborted && mine === asked // else the chart has changed its structure meanwhile
    const parts = await resolve(model.get('parts'), model.widget_manager, root, latest)
    if (!latest()) return
    view.parts = parts
    view.refresh()
    root.dataset.nbdiagReady = 'true'
  }
  const cards = () => {
    chosen.morph(model.get('cards'))
    soon()
  }
  const listen = (name, listener) => {
    model.on(`change:${name}`, listener)
    signal.addEventListener('abort', () => model.off(`change:${name}`, listener))
  }
  listen('parts', find)
  listen('reader', () => view.refresh())
  // Steps become epochs once there are some: a window in the one is none in the other.
  listen('unit', () => view.choices.get('window') && view.choices.set({ window: null }))
  listen('others', () => view.runs.adopt())
  for (const name of ['findings', 'withdrawn', 'extent', 'units', 'metrics', 'given', 'stoppable']) listen(name, soon)
  listen('cards', cards)
  listen('offer', () => chosen.offer(model.get('offer')))
  cards()
  chosen.offer(model.get('offer'))
  view.runs.adopt()
  find()
  return () => {
    stop.abort()
    cancelAnimationFrame(waiting)
    watch.disconnect()
    resized.disconnect()
    over.remove()
    bar.remove()
    end.remove()
    said.remove()
  }
}

export default { render }
