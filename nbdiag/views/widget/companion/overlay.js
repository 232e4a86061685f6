// What belongs to no single panel: the tint of the finding being read, its start line, the line under the pointer.
function overlay(view) {
  const behind = svg('svg', { class: 'nbdiag-behind', 'aria-hidden': 'true' })
  const front = svg('svg', { class: 'nbdiag-front', 'aria-hidden': 'true' })
  const cross = svg('line', { class: 'nbdiag-cross' })
  const place = svg('text', { class: 'nbdiag-place' })
  const tints = svg('g')
  behind.append(tints)
  view.chart.prepend(behind)
  view.chart.append(front)
  front.append(cross, place)

  function span(group, finding, at, pin) {
    const [rect, start, stop] = group.children
    const left = at.x(Math.max(finding.start, at.low))
    const right = at.x(Math.min(finding.stop, at.high))
    const { top } = at.panels[0]
    const seen = !finding.whole && right >= left
    set(group, {
      class: `nbdiag-span is-${finding.severity}${view.lit(finding.id)}`,
      'data-finding': finding.id,
      visibility: seen ? 'visible' : 'hidden',
    })
    if (!seen) return
    const from = pin ? pin.getBoundingClientRect().bottom - view.chart.getBoundingClientRect().top - 3 : top
    set(rect, { x: left, y: top, width: right - left, height: at.bottom - top })
    set(start, { x1: left, x2: left, y1: from, y2: at.bottom, visibility: finding.start < at.low ? 'hidden' : 'inherit' })
    set(stop, { x1: right, x2: right, y1: top, y2: at.bottom })
  }

  function spans(at) {
    const findings = view.findings()
    const pins = items(view.parts.rail.pins)
    while (tints.children.length > findings.length) tints.lastChild.remove()
    findings.forEach((finding, i) => {
      if (!tints.children[i]) {
        const group = svg('g')
        group.append(svg('rect'), svg('line', { class: 'nbdiag-start' }), svg('line', { class: 'nbdiag-stop' }))
        tints.append(group)
      }
      span(tints.children[i], finding, at, pins[i])
    })
  }

  function pointer(at) {
    const seen = view.reading !== null && view.reading >= at.low && view.reading <= at.high
    view.chart.classList.toggle('is-reading', seen)
    if (!seen) return
    const x = at.x(view.reading)
    set(cross, { x1: x, x2: x, y1: at.panels[0].top, y2: at.bottom })
    set(place, { x, y: at.axis.top + 18 })
    const text = view.units.show(view.units.to(view.reading))
    write(place, view.units.name === 'time' ? text : `${view.units.name} ${text}`)
  }

  return {
    behind,
    front,
    draw(at) {
      for (const layer of [behind, front]) set(layer, { width: at.width, height: at.height })
      spans(at)
      pointer(at)
    },
    remove() {
      behind.remove()
      front.remove()
    },
  }
}
