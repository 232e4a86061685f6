// Names at the lines' ends, and the marks on them, follow the reader's own view of the chart.
const APART = 16 // px: lines of 12 px text

// Apart from each other, in their order, and above the floor as far as there is room.
function spread(places, floor) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b])
  const out = [...places]
  for (let k = 1; k < order.length; k++) out[order[k]] = Math.max(out[order[k]], out[order[k - 1]] + APART)
  let below = floor + APART
  for (const i of order.reverse()) below = out[i] = Math.min(out[i], below - APART)
  return out
}

function move(element, x, y) {
  const wanted = x || y ? `${x.toFixed(1)}px ${y.toFixed(1)}px` : ''
  if (element && element.style.translate !== wanted) element.style.translate = wanted
}

function show(element, seen) {
  const display = seen ? '' : 'none'
  if (element && element.style.display !== display) element.style.display = display
}

// The line a mark belongs to, and the value it marks: that of its place which is nearest to where the mark stands.
function anchor(panel, x, y) {
  let best = null
  for (const line of panel.lines) {
    if (line.faint) continue
    const i = line.line.model.get('x').indexOf(x)
    if (i < 0) continue
    const value = line.line.model.get('y')[i]
    const far = Number.isFinite(value) ? Math.abs(value - y) : Infinity
    if (!best || far < best.far) best = { line, value: Number.isFinite(value) ? value : y, far }
  }
  return best
}

function labels(view, layer) {
  const texts = svg('g', { class: 'nbdiag-runs' })
  layer.append(texts)

  function ends(at, panel, index, others) {
    const groups = items(panel.ends)
    const named = panel.lines.filter(({ end }) => end >= 0 && groups[end])
    for (const line of named) show(groups[line.end], !view.isOff(line))
    if (!isChanged(panel) && !others.length) {
      named.forEach(({ end }) => move(groups[end], 0, 0))
      return []
    }
    const seen = named.filter(line => !view.isOff(line))
    const { x, y } = { x: panel.ends.model.get('x'), y: panel.ends.model.get('y') }
    const last = [...seen.map(({ line }) => lastWithin(line, at.high)?.[1]), ...others.map(other => other.last)]
    const wanted = spread(last.map(found => (found === undefined ? at.panels[index].top : at.y(index, found))), at.panels[index].top + at.panels[index].height)
    const edge = at.axis.left + at.axis.width
    seen.forEach(({ end }, k) => {
      move(groups[end], Math.min(at.x(x[end]), edge) - at.drawnX(x[end]), wanted[k] - at.drawnY(index, y[end]))
    })
    const right = x.length ? Math.min(at.x(x[0]), edge) : edge
    return others.map(({ text, color }, k) => ({
      x: right + 10, y: wanted[seen.length + k] + 4, text, style: `--nbdiag-run: var(--nbdiag-run-${color})`,
    }))
  }

  const isChanged = panel => view.zoom.isOurs || !view.units.isOwn || isLog(panel) !== comesLog(panel)

  function points(at, panel, index) {
    const changed = isChanged(panel)
    for (const part of panel.points) {
      const [x, y] = [part.model.get('x'), part.model.get('y')]
      const [bottom, top] = range(scaleOf(panel))
      items(part).forEach((group, i) => {
        if (!changed) {
          show(group, true)
          move(group, 0, 0)
          return
        }
        const found = anchor(panel, x[i], y[i])
        const within = x[i] >= at.low && x[i] <= at.high
        const inside = !view.zoom.isOurs || !found || (found.value >= bottom && found.value <= top)
        show(group, within && inside && !(found && view.isOff(found.line)))
        const rise = found ? at.y(index, found.value) - at.drawnY(index, found.value) : 0
        move(group, at.x(x[i]) - at.drawnX(x[i]), rise)
      })
    }
  }

  return {
    draw(at) {
      const wanted = view.parts.panels.flatMap((panel, index) => {
        points(at, panel, index)
        return ends(at, panel, index, view.runs.labels(panel, at))
      })
      while (texts.children.length > wanted.length) texts.lastChild.remove()
      wanted.forEach(({ text, ...attributes }, i) => {
        if (!texts.children[i]) texts.append(svg('text'))
        write(set(texts.children[i], attributes), text)
      })
    },
  }
}
