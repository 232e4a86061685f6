// Where data lies in pixels, in the coordinates of the box that holds all figures.
const range = scale => [scale.get('min'), scale.get('max')]

const isLog = panel => panel.log.axis.model.get('visible')

const scaleOf = panel => (isLog(panel) ? panel.log : panel.linear).scale.model

function geometry(view) {
  const { rail, panels, axis } = view.parts
  const origin = view.chart.getBoundingClientRect()
  const area = part => {
    const box = part.figure.el.querySelector('.plotarea_events')?.getBoundingClientRect()
    return box && { left: box.left - origin.left, top: box.top - origin.top, width: box.width, height: box.height }
  }
  const areas = panels.map(area)
  const across = area(axis)
  if (!across?.width || !areas.length || areas.some(a => !a)) return null
  const [low, high] = range(axis.scale.model)
  return {
    panels: areas,
    axis: across,
    bottom: areas.at(-1).top + areas.at(-1).height,
    low,
    high,
    width: origin.width,
    height: origin.height,
    x: value => across.left + ((value - low) / (high - low)) * across.width,
    value: px => low + ((px - across.left) / across.width) * (high - low),
    y(index, value) {
      let [bottom, top] = range(scaleOf(panels[index]))
      if (isLog(panels[index])) [bottom, top, value] = [bottom, top, value].map(Math.log10)
      return areas[index].top + (1 - (value - bottom) / (top - bottom)) * areas[index].height
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
