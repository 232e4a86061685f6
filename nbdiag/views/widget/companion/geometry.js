// Where data lies in pixels, in the coordinates of the box that holds all figures.
const range = scale => [scale.get('min'), scale.get('max')]

const isLog = panel => panel.log.axis.model.get('visible')

const scaleOf = panel => (isLog(panel) ? panel.log : panel.linear).scale.model

// bqplot's marks stay on the scale they came with; the reader may look at the other.
const comesLog = panel => panel.logarithmic

function share([low, high], log, value) {
  if (!log) return (value - low) / (high - low)
  return value > 0 ? Math.log10(value / low) / Math.log10(high / low) : 0 // what has no logarithm lies on the floor
}

function geometry(view) {
  const { rail, panels, axis } = view.parts
  const origin = view.chart.getBoundingClientRect()
  const area = part => {
    const box = part.figure.el.querySelector('.plotarea_events')?.getBoundingClientRect()
    return box && { left: box.left - origin.left, top: box.top - origin.top, width: box.width, height: box.height }
  }
  const areas = panels.map(area)
  const across = area(axis)
  if (!across?.width || !areas.length || !areas.every(a => a?.height)) return null // not built, or not in the page
  const [low, high] = range(axis.scale.model)
  const { to, from } = view.units
  const [first, last] = [to(low), to(high)]
  const on = (index, scale, log, value) => areas[index].top + (1 - share(range(scale), log, value)) * areas[index].height
  return {
    panels: areas,
    axis: across,
    bottom: areas.at(-1).top + areas.at(-1).height,
    low,
    high,
    width: origin.width,
    height: origin.height,
    // A place in the chart's own unit, or in that of another run, which has a table of its own.
    x: (place, tables) => across.left + ((to(place, tables) - first) / (last - first)) * across.width,
    value: px => from(first + ((px - across.left) / across.width) * (last - first)),
    y: (index, value) => on(index, scaleOf(panels[index]), isLog(panels[index]), value),
    // Where bqplot has drawn it.
    drawnX: place => across.left + ((place - low) / (high - low)) * across.width,
    drawnY(index, value) {
      const log = comesLog(panels[index])
      return on(index, (log ? panels[index].log : panels[index].linear).scale.model, log, value)
    },
  }
}

// Place and value of the last finite value up to a place.
function lastWithin(line, high) {
  const x = line.model.get('x')
  const y = line.model.get('y')
  for (let i = x.length - 1; i >= 0; i--) if (x[i] <= high && Number.isFinite(y[i])) return [x[i], y[i]]
  return null
}
