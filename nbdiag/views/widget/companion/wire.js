// What only the kernel can do is asked of it here: all values of a window, other metrics, the training's end.
// A widget's messages wait while the cell runs. A comm of our own does not, where the front end gives it a subshell.
const TARGET = 'nbdiag'
const PATIENCE = 600 // ms: an answer that takes longer is told of

function wire(view) {
  const { model } = view
  const manager = model.widget_manager
  let comm = null // open, and answered
  let opening = false
  let sent = '' // the wish under way, at most one: a busy kernel is not left a pile of them
  let late = null

  const isLive = () => view.parts.axis.scale.model.comm_live === true
  const wish = () => ({
    window: model.get('thinned') ? view.choices.get('window') : null,
    metrics: view.choices.get('metrics'),
  })
  const given = () => JSON.stringify({ window: model.get('given').window, metrics: model.get('given').metrics })

  async function open() {
    opening = true
    const made = manager.kernel?.createComm?.(TARGET, `nbdiag-${Date.now()}-${Math.random()}`)
    if (!made) return
    await made.subshellStarted
    if (!made.subshellId || view.signal.aborted || !model.get('stoppable')) return made.dispose()
    made.onMsg = () => {
      comm = made // the kernel has heard, busy as it is
      view.refresh()
    }
    made.onClose = () => { comm = null }
    made.open({ chart: model.get('chart') })
    view.signal.addEventListener('abort', close)
  }

  function close() {
    if (comm && !comm.isDisposed) comm.close()
    comm = null
  }

  const send = content => (comm ? comm.send(content) : model.send(content))

  return {
    get hears() { return comm !== null },
    get isLive() { return isLive() },
    // What the reader waits for, or ''.
    get waits() {
      if (JSON.stringify(wish()) === given()) return ''
      if (!isLive()) return 'More needs the kernel that ran this cell.'
      return late === sent ? 'Waits for the kernel, which is busy.' : ''
    },
    stop: () => comm?.send({ stop: true }),
    sync() {
      if (model.get('stoppable') && !opening && isLive()) open().catch(() => {}) // then there is no button
      if (!model.get('stoppable')) {
        close()
        opening = false
      }
      if (sent === given()) sent = late = ''
      const wanted = JSON.stringify(wish())
      if (wanted === given() || sent || !isLive()) return
      sent = wanted
      send({ wish: JSON.parse(wanted) })
      setTimeout(() => {
        late = sent
        view.refresh()
      }, PATIENCE)
    },
  }
}
