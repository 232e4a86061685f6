// Names at the lines' ends follow the reader's own view of the chart: a zoom, or the other kind of y axis.
const APART = 16 // px: lines of 12 px text

function spread(places) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b])
  const out = [...places]
  for (let k = 1; k < order.length; k++) out[order[k]] = Math.max(out[order[k]], out[order[k - 1]] + APART)
  return out
}

function move(group, x, y) {
  const text = group.querySelector('text')
  const wanted = x || y ? `${x.toFixed(1)}px ${y.toFixed(1)}px` : ''
  if (text && text.style.translate !== wanted) text.style.translate = wanted
}

function labels(view) {
  function ends(at, panel, index) {
    const groups = items(panel.ends)
    const own = isLog(panel) === panel.logarithmic && !view.zoom.window
    const named = panel.lines.filter(({ end }) => end >= 0 && groups[end])
    if (own) return named.forEach(({ end }) => move(groups[end], 0, 0))
    const { x, y } = { x: panel.ends.model.get('x'), y: panel.ends.model.get('y') }
    const last = named.map(({ line }) => lastWithin(line, at.high))
    const wanted = spread(last.map(found => (found ? at.y(index, found[1]) : at.panels[index].top)))
    named.forEach(({ end }, k) => {
      const right = Math.min(at.x(x[end]), at.axis.left + at.axis.width)
      move(groups[end], right - at.x(x[end]), wanted[k] - at.y(index, y[end]))
    })
  }

  function points(at, panel) {
    for (const part of panel.points) {
      const [x, y] = [part.model.get('x'), part.model.get('y')]
      const [bottom, top] = range(scaleOf(panel))
      items(part).forEach((group, i) => {
        const inside = x[i] >= at.low && x[i] <= at.high && (!view.zoom.window || (y[i] >= bottom && y[i] <= top))
        const shown = inside ? '' : 'none'
        if (group.style.display !== shown) group.style.display = shown
      })
    }
  }

  return {
    draw(at) {
      view.parts.panels.forEach((panel, index) => {
        ends(at, panel, index)
        points(at, panel)
      })
    },
  }
}
