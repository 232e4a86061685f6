// The cell's other runs, laid over this one: their curves are in the page already, each in a chart of its own.
const COLORS = 5 // of the style sheet; more runs share them, and are told apart by their names at the lines' ends
const PREVIOUS = 'previous run'

const metricOf = panel => panel.lines.at(-1)?.curve.split(':').slice(1).join(':')

function runs(view) {
  let known = [] // the others, with their lines' models in place of references

  const on = () => view.choices.get('runs') && known.length > 0
  const isOff = run => view.choices.get('off').includes(run.name)
  const seen = () => (on() ? known.filter(run => run.unit === view.model.get('unit') && !isOff(run)) : [])

  // The line that matters most in the same panel of each other run.
  function of(panel) {
    return seen().flatMap(run => {
      const same = run.panels.find(other => other.metric === metricOf(panel))
      return same && same.line.model.get('visible') ? [{ run, line: same.line, percent: panel.percent }] : []
    })
  }

  function label({ run, line, percent }, at) {
    const reading = view.reading !== null
    const x = line.model.get('x')
    const i = reading ? nearest(x, view.reading) : -1
    const found = reading ? (Math.abs(x[i] - view.reading) <= view.reach ? line.model.get('y')[i] : undefined) : lastWithin(line, at.high)?.[1]
    return `${run.name} ${found === undefined ? '\u2013' : shown(found, percent)}`
  }

  return {
    get names() { return known.map(run => run.name) },
    get on() { return on() },
    color: name => known.find(run => run.name === name)?.color,
    of,
    reach: x => seen().reduce((all, run) => union(all, run.reach), x),
    lines: (panel, index, at) => of(panel).map(({ run, line }) => ({
      class: 'is-run',
      style: `--nbdiag-run: var(--nbdiag-run-${run.color})`,
      d: path(line.model.get('x'), line.model.get('y'), place => at.x(place, run.units), value => at.y(index, value)),
    })),
    labels: (panel, at) => of(panel).map(entry => ({
      text: label(entry, at),
      color: entry.run.color,
      last: lastWithin(entry.line, at.high)?.[1],
    })),
    async adopt() {
      const others = view.model.get('others')
      const found = await Promise.all(others.map(async (run, i) => ({
        ...run,
        color: (i % COLORS) + 1,
        panels: await Promise.all(run.panels.map(async panel => ({ ...panel, line: await modelOf(panel.line, view.model.widget_manager) }))),
      })))
      if (others !== view.model.get('others')) return
      known = found
      view.refresh()
    },
  }
}
