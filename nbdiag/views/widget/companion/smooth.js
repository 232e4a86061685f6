// A smoothed copy over each curve. The curve itself stays, pale: no extreme and no gap is ever hidden.
const SHARE = 0.05 // of the curve's points on either side: wide enough to calm noise, narrow enough to keep a turn

function smoothed(y) {
  const half = Math.max(1, Math.round(y.length * SHARE))
  return Array.from(y, (value, i) => {
    if (!Number.isFinite(value)) return NaN
    let sum = 0
    let weight = 0
    for (let k = Math.max(0, i - half); k <= Math.min(y.length - 1, i + half); k++) {
      if (!Number.isFinite(y[k])) continue
      const w = half + 1 - Math.abs(k - i)
      sum += w * y[k]
      weight += w
    }
    return sum / weight
  })
}

function path(x, y, toX, toY) {
  let pen = 'M'
  let d = ''
  x.forEach((value, i) => {
    if (!Number.isFinite(y[i])) {
      pen = 'M'
      return
    }
    d += `${pen}${toX(value).toFixed(1)},${toY(y[i]).toFixed(1)}`
    pen = 'L'
  })
  return d
}

function smooth(view, layer) {
  const group = svg('g', { class: 'nbdiag-smooth' })
  layer.prepend(group)
  let on = false
  return {
    get on() { return on },
    toggle() {
      on = !on
      view.refresh()
    },
    draw(at) {
      view.chart.classList.toggle('is-smooth', on)
      const lines = on
        ? view.parts.panels.flatMap((panel, index) => panel.lines.map(line => ({ ...line, index })))
          .filter(({ line, faint }) => !faint && line.model.get('visible'))
        : []
      while (group.children.length > lines.length) group.lastChild.remove()
      lines.forEach(({ line, role, index }, i) => {
        if (!group.children[i]) group.append(svg('path'))
        const x = Array.from(line.model.get('x'))
        const y = smoothed(line.model.get('y'))
        const inside = x.map(value => value >= at.low && value <= at.high)
        const d = path(x, y.map((value, k) => (inside[k] ? value : NaN)), at.x, value => at.y(index, value))
        set(group.children[i], { class: `is-${role}`, d })
      })
    },
  }
}
