// Zoom and pan along x, for all panels at once: drag across the curves, or the buttons.
const LEAST = 5 // px: less is a click

function zoom(view, layer) {
  const box = svg('rect', { class: 'nbdiag-drag' })
  layer.append(box)
  const scale = () => view.parts.axis.scale.model
  const whole = () => view.model.get('extent').x
  let held = false // else the limits are the kernel's own
  const self = {
    dragged: false, // then the click that ends it is none
    get window() { return view.choices.get('window') },
    // The axes are not as the kernel has set them.
    get isOurs() { return self.window !== null || view.choices.get('off').length > 0 || view.runs.on },
    to(low, high) {
      const [first, last] = whole()
      const width = Math.min(high - low, last - first)
      if (!(width > 0)) return
      low = Math.max(first, Math.min(low, last - width))
      view.choices.set({ window: width >= last - first ? null : [low, low + width] })
    },
    by(factor) {
      const [low, high] = range(scale())
      const middle = view.reading ?? (low + high) / 2
      self.to(middle - (middle - low) * factor, middle + (high - middle) * factor)
    },
    shift(share) {
      const [low, high] = range(scale())
      self.to(low + share * (high - low), high + share * (high - low))
    },
    reset() {
      self.to(...whole())
    },
    hold() {
      if (self.isOurs || held) holdWindow(view)
      held = self.isOurs
    },
  }

  let from = null
  const place = event => event.clientX - view.chart.getBoundingClientRect().left
  const clamp = (at, px) => Math.max(at.axis.left, Math.min(px, at.axis.left + at.axis.width))
  view.on(view.chart, 'pointerdown', event => {
    self.dragged = false
    const inPanel = view.parts?.panels.some(panel => panel.figure.el.contains(event.target))
    if (event.pointerType === 'mouse' && event.button === 0 && inPanel) from = place(event)
  })
  view.on(window, 'pointermove', event => {
    const at = from !== null && geometry(view)
    if (!at) return
    const [left, right] = [clamp(at, from), clamp(at, place(event))].sort((a, b) => a - b)
    const { top } = at.panels[0]
    set(box, { x: left, y: top, width: right - left, height: at.bottom - top })
    view.chart.classList.toggle('is-dragging', Math.abs(place(event) - from) > LEAST)
  })
  view.on(window, 'pointerup', event => {
    const at = from !== null && geometry(view)
    const [low, high] = at ? [from, place(event)].map(px => at.value(clamp(at, px))).sort((a, b) => a - b) : []
    const far = from !== null && Math.abs(place(event) - from) > LEAST
    from = null
    view.chart.classList.remove('is-dragging')
    if (!at || !far) return
    self.dragged = true
    self.to(low, high)
  })
  view.on(view.chart, 'dblclick', event => event.target.closest('.bqplot') && self.reset())
  return self
}
