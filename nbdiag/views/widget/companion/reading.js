// The values of all curves at one place: under the pointer the names at the lines' ends become the reading.
function nearest(values, wanted) {
  let best = -1
  for (let i = 0; i < values.length; i++) {
    if (best < 0 || Math.abs(values[i] - wanted) < Math.abs(values[best] - wanted)) best = i
  }
  return best
}

const MINUS = '\u2212'

function shown(value, percent) {
  if (!Number.isFinite(value)) return 'no value'
  const size = Math.abs(value)
  const text = percent ? `${(value * 100).toFixed(2)} %`
    : value === 0 || (size >= 1e-3 && size < 100) ? value.toFixed(4)
    : size >= 100 && size < 1e6 ? value.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
    : value.toExponential(3).replace(/e([+-])(\d)$/, 'e$10$2') // as the kernel writes it
  return text.replace('-', MINUS)
}

// A learning rate, say: its one line is called as its panel is.
const isSetting = panel => panel.lines.every(line => line.faint || line.name === panel.title)

function reading(view) {
  function places() {
    const lines = view.parts.panels.flatMap(panel => panel.lines)
    return lines.filter(line => line.line.model.get('visible') && !view.isOff(line)).map(({ line }) => line.model.get('x'))
  }

  // Every curve is searched by itself: validation may have fewer values than training.
  function label() {
    for (const panel of view.parts.panels) {
      const texts = items(panel.ends).map(group => group.querySelector('text'))
      for (const curve of panel.lines) {
        const { line, end } = curve
        const name = isSetting(panel) ? '' : curve.name // there is but one
        const text = texts[end]
        if (!text) continue
        if (view.reading === null) {
          const edge = view.zoom.window && lastWithin(line, view.zoom.window[1])
          write(text, edge ? `${name} ${shown(edge[1], panel.percent)}`.trim() : panel.ends.model.get('text')[end])
          continue
        }
        const x = line.model.get('x')
        const i = nearest(x, view.reading)
        const near = i >= 0 && Math.abs(x[i] - view.reading) <= view.reach
        write(text, `${name} ${near ? shown(line.model.get('y')[i], panel.percent) : '\u2013'}`.trim())
      }
    }
  }

  function move(event) {
    const at = geometry(view)
    if (!at || !at.panels.length) return
    const wanted = at.value(event.clientX - view.chart.getBoundingClientRect().left)
    const slack = (at.high - at.low) * 0.01
    if (wanted < at.low - slack || wanted > at.high + slack) return leave()
    const candidates = places().map(x => x[nearest(x, wanted)]).filter(x => x !== undefined)
    if (!candidates.length) return
    view.reading = candidates[nearest(candidates, wanted)]
    view.reach = (at.high - at.low) * 0.004 // a curve answers where it has a value within 3 px or so
    view.refresh()
  }

  function leave() {
    if (view.reading === null) return
    view.reading = null
    view.refresh()
  }

  const onCurves = target => target.closest('.bqplot') && !view.parts?.rail.figure.el.contains(target)

  view.on(view.chart, 'pointermove', event => (onCurves(event.target) ? move(event) : leave()))
  view.on(view.chart, 'pointerdown', event => event.pointerType !== 'mouse' && onCurves(event.target) && move(event))
  view.on(view.chart, 'pointerleave', leave)
  return { label }
}
