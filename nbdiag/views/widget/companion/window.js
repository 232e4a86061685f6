// A window on the data: limits of the shared x scale, and of each panel's y scale so that what is inside fills it.
const AIR = 0.06 // of the range, above and below

function fitted(panel, low, high) {
  const values = panel.lines.filter(({ line, faint }) => !faint && line.model.get('visible')).flatMap(({ line }) => {
    const x = line.model.get('x')
    return Array.from(line.model.get('y')).filter((y, i) => Number.isFinite(y) && x[i] >= low && x[i] <= high)
  })
  if (!values.length) return null
  const [to, back] = isLog(panel) ? [Math.log10, value => 10 ** value] : [value => value, value => value]
  const [least, most] = [Math.min, Math.max].map(pick => to(values.reduce((a, b) => pick(a, b))))
  const air = (most - least || Math.abs(most) || 1) * AIR
  return [back(least - air), back(most + air)]
}

function limit(scale, [min, max]) {
  const now = range(scale)
  if (now[0] !== min || now[1] !== max) scale.set({ min, max })
}

// Idempotent: the kernel's updates move its own limits, the reader's window stays.
function holdWindow(view, window) {
  const { x, y } = view.model.get('extent')
  limit(view.parts.axis.scale.model, window ?? x)
  view.parts.panels.forEach((panel, index) => {
    const inside = window && fitted(panel, ...window)
    for (const kind of ['linear', 'log']) {
      const own = y[index]?.[kind]
      const chosen = inside && isLog(panel) === (kind === 'log') ? inside : own
      if (chosen) limit(panel[kind].scale.model, chosen)
    }
  })
}
