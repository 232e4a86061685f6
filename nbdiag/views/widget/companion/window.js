// A window on the data: limits of the shared x scale, and of each panel's y scale so that what is inside fills it.
const AIR = 0.06 // of the range, above and below

// Lowest and highest of the values, with air; null where there is none that the axis can show.
function span(values, log) {
  const usable = log ? values.filter(value => value > 0) : values
  if (!usable.length) return null
  const [to, back] = log ? [Math.log10, value => 10 ** value] : [value => value, value => value]
  const [least, most] = [Math.min, Math.max].map(pick => to(usable.reduce((a, b) => pick(a, b))))
  const air = (most - least || Math.abs(most) || 1) * AIR
  return [back(least - air), back(most + air)]
}

function within({ model }, low, high) {
  const x = model.get('x')
  return Array.from(model.get('y')).filter((y, i) => Number.isFinite(y) && x[i] >= low && x[i] <= high)
}

function limit(scale, [min, max]) {
  const now = range(scale)
  if (now[0] !== min || now[1] !== max) scale.set({ min, max })
}

const union = (a, b) => (b ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : a)

// Idempotent: the kernel's updates move its own limits, the reader's window stays.
function holdWindow(view) {
  const { x, y } = view.model.get('extent')
  const { window } = view.zoom
  const [low, high] = window ?? view.runs.reach(x)
  limit(view.parts.axis.scale.model, [low, high])
  view.parts.panels.forEach((panel, index) => {
    const log = isLog(panel)
    const lines = panel.lines.filter(line => !line.faint && line.line.model.get('visible') && !view.isOff(line))
    const own = lines.flatMap(({ line }) => within(line, low, high))
    const others = view.runs.of(panel).flatMap(({ line }) => within(line, low, high))
    const fits = window || panel.lines.some(line => !line.faint && view.isOff(line))
    for (const kind of ['linear', 'log']) {
      let chosen = y[index]?.[kind]
      const shown = log === (kind === 'log')
      if (shown && fits) chosen = span([...own, ...others], log) ?? chosen
      else if (shown && chosen) chosen = union(chosen, span(others, log))
      if (chosen) limit(panel[kind].scale.model, chosen)
    }
  })
}
