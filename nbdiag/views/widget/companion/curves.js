// The curves as the reader asked for them, where that is not as bqplot has drawn them: on another kind of axis, calmer,
// with other runs over them. They are drawn here from the same numbers; bqplot's own are hidden meanwhile.
function path(x, y, toX, toY) {
  let pen = 'M'
  let d = ''
  for (let i = 0; i < x.length; i++) {
    const [across, up] = Number.isFinite(y[i]) ? [toX(x[i]), toY(y[i])] : [NaN, NaN]
    if (Number.isFinite(across) && Number.isFinite(up)) d += `${pen}${across.toFixed(1)},${up.toFixed(1)}`
    pen = Number.isFinite(across) && Number.isFinite(up) ? 'L' : 'M'
  }
  return d
}

const DENSE = 300 // points: as in Python's Line.dense

const dots = d => d.replace(/[ML]([^ML]+)/g, 'M$1h0') // a round end at each point

// What the size of a set leaves open, round the curve the finding being read speaks of.
function bands(view, panel, index, at) {
  return view.findings().filter(({ id, band }) => band && view.lit(id)).flatMap(({ band }) => {
    const line = panel.lines.find(({ curve, faint }) => curve === band.curve && !faint)
    if (!line || view.isOff(line)) return []
    const edge = side => band.points.map(point => `${at.x(point[0]).toFixed(1)},${at.y(index, point[side]).toFixed(1)}`)
    return [{ class: `is-${line.role} is-band`, d: `M${[...edge(2), ...edge(1).reverse()].join('L')}Z` }]
  })
}

function curves(view, layer) {
  const group = svg('g', { class: 'nbdiag-curves' })
  layer.append(group)

  function own(panel, index, at, replaced) {
    const smooth = view.choices.get('smooth')
    return panel.lines.flatMap(line => {
      const seen = line.line.model.get('visible') && !view.isOff(line)
      line.line.el.classList.toggle('is-replaced', replaced)
      line.line.el.classList.toggle('is-off', view.isOff(line))
      if (!seen) return []
      const tables = line.name === PREVIOUS ? view.model.get('behind') : undefined
      const [x, y] = [line.line.model.get('x'), line.line.model.get('y')]
      const draw = (values, kind) => ({
        class: `is-${line.role} ${kind}${x.length > DENSE ? ' is-dense' : ''}`,
        d: path(x, values, place => at.x(place, tables), value => at.y(index, value)),
      })
      const raw = replaced ? [draw(y, line.faint ? 'is-faint' : 'is-raw')] : []
      if (replaced && line.line.model.get('marker')) raw.push({ class: `is-${line.role} is-dots`, d: dots(raw[0].d) })
      return smooth && !line.faint ? [...raw, draw(smoothed(y), 'is-smoothed')] : raw
    })
  }

  return {
    draw(at) {
      view.chart.classList.toggle('is-smooth', view.choices.get('smooth'))
      const { panels } = view.parts
      while (group.children.length > panels.length) group.lastChild.remove()
      panels.forEach((panel, index) => {
        if (!group.children[index]) group.append(svg('svg'))
        const area = at.panels[index]
        const { left, top, width, height } = area
        // A box of its own clips what lies outside the panel.
        const box = set(group.children[index], { x: left, y: top, width, height, viewBox: `${left} ${top} ${width} ${height}` })
        const replaced = !view.units.isOwn || isLog(panel) !== comesLog(panel)
        const wanted = [...bands(view, panel, index, at), ...view.runs.lines(panel, index, at), ...own(panel, index, at, replaced)]
        while (box.children.length > wanted.length) box.lastChild.remove()
        wanted.forEach((attributes, i) => {
          if (!box.children[i]) box.append(svg('path'))
          set(box.children[i], { style: '', ...attributes })
        })
      })
    },
  }
}
