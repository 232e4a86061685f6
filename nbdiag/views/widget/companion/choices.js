// What the reader chose to see of a chart. It is a trait: all views of the chart show the same, a saved notebook keeps it,
// and so does the kernel, for a page that is loaded again.
const AT_FIRST = {
  window: null, // what is zoomed to, in the chart's own unit; null: everything
  unit: null, // of the x axis; null: the chart's own
  log: null, // null: as each panel came
  smooth: false,
  off: [], // names of curves
  runs: false, // the cell's other runs laid over this one
  metrics: null, // names of those to draw; null: as the kernel chose
}

function choices(view) {
  const all = () => ({ ...AT_FIRST, ...view.model.get('reader') })
  return {
    get: name => all()[name],
    set(changes) {
      view.model.set('reader', { ...all(), ...changes }) // each view listens
      view.model.save_changes()
    },
  }
}
