// Ticks for what the reader chose in the browser: another unit, or a window of the data. Else bqplot's own are right.
function decimals(size) {
  for (let d = 0; d < 8; d++) if (Math.abs(size * 10 ** d - Math.round(size * 10 ** d)) < 1e-6) return d
  return 8
}

function linearTicks(low, high, percent) {
  const size = step(high - low, 5)
  const text = value => (percent ? `${(value * 100).toFixed(decimals(size * 100))} %` : value.toFixed(decimals(size)))
  return multiples(low, high, size).map(at => ({ at, text: text(at).replace('-', MINUS) }))
}

const ROOM = 18 // px for one number on a y axis
const SMALL = 1e-3 // longer numbers than this do not fit beside the axis

const power = value => (value < SMALL ? value.toExponential().replace('-', MINUS) : String(value))

function logTicks(low, high, height, factors = [1, 2, 5]) {
  const out = []
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
    for (const factor of factors) {
      const at = Number((factor * 10 ** exponent).toPrecision(3))
      if (at >= low && at <= high) out.push({ at, text: power(at) })
    }
  }
  if (out.length * ROOM > height && factors.length > 1) return logTicks(low, high, height, [1])
  // A window that lies between two of these.
  return out.length < 2 && factors.length === 3 ? logTicks(low, high, height, [1, 2, 3, 4, 5, 6, 7, 8, 9]) : out
}

function grid(view, behind, front) {
  const rules = svg('g', { class: 'nbdiag-rules' })
  const texts = svg('g', { class: 'nbdiag-ticks' })
  behind.prepend(rules)
  front.prepend(texts)

  function draw(group, tag, wanted) {
    while (group.children.length > wanted.length) group.lastChild.remove()
    wanted.forEach(({ text = '', ...attributes }, i) => {
      if (group.children[i]?.nodeName !== tag) group.children[i] ? group.children[i].replaceWith(svg(tag)) : group.append(svg(tag))
      set(group.children[i], attributes)
      if (tag === 'text') write(group.children[i], text)
    })
  }

  return {
    draw(at) {
      const ours = view.zoom.isOurs
      const across = ours || !view.units.isOwn
      view.chart.classList.toggle('is-regridded-x', across)
      view.chart.classList.toggle('is-regridded-y', ours)
      view.parts.axis.figure.el.classList.add('nbdiag-xaxis')
      const lines = []
      const labels = []
      if (across) {
        const { top, left, width } = at.axis
        for (const { at: place, text } of view.units.ticks(at.low, at.high)) {
          const x = at.x(place)
          if (x < left - 1 || x > left + width + 1) continue
          lines.push({ x1: x, x2: x, y1: top, y2: top + 6, class: 'is-tick' })
          labels.push({ x, y: top + 18, class: 'is-x', text })
        }
        const beside = view.units.name === 'time' ? 26 : 14 // px: "30 min" is wide
        labels.push({ x: left + width + beside, y: top + 18, class: 'is-unit', text: view.units.name })
      }
      if (ours) {
        view.parts.panels.forEach((panel, index) => {
          const [low, high] = range(scaleOf(panel))
          const { left, width, height } = at.panels[index]
          for (const { at: value, text } of isLog(panel) ? logTicks(low, high, height) : linearTicks(low, high, panel.percent)) {
            const y = at.y(index, value)
            lines.push({ x1: left, x2: left + width, y1: y, y2: y, class: 'is-rule' })
            labels.push({ x: left - 10, y: y + 4, class: 'is-y', text })
          }
        })
      }
      draw(rules, 'line', lines)
      draw(texts, 'text', labels)
    },
  }
}
