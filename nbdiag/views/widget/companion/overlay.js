// What belongs to no single panel: the tint of the finding being read, its start line, the line under the pointer.
function overlay(view) {
  const behind = svg('svg', { class: 'nbdiag-behind', 'aria-hidden': 'true' })
  const front = svg('svg', { class: 'nbdiag-front', 'aria-hidden': 'true' })
  view.chart.prepend(behind)
  view.chart.append(front)
  const cross = svg('line', { class: 'nbdiag-cross' })
  const place = svg('text', { class: 'nbdiag-place' })
  front.append(cross, place)

  function spans(at) {
    const findings = view.findings()
    const top = at.panels[0].top
    const bottom = at.axis.top
    while (behind.children.length > findings.length) behind.lastChild.remove()
    findings.forEach((finding, i) => {
      let group = behind.children[i]
      if (!group) {
        group = svg('g')
        group.append(svg('rect'), svg('line', { class: 'nbdiag-start' }), svg('line', { class: 'nbdiag-stop' }))
        behind.append(group)
      }
      const [rect, start, stop] = group.children
      const left = at.x(Math.max(finding.start, at.low))
      const right = at.x(Math.min(finding.stop, at.high))
      const seen = !finding.whole && right >= left && bottom > top
      set(group, {
        class: `nbdiag-span is-${finding.severity}${view.lit(finding.id)}`,
        'data-finding': finding.id,
        visibility: seen ? 'visible' : 'hidden',
      })
      if (!seen) return
      const lane = items(view.parts.rail.pins)[i]?.getBoundingClientRect()
      const from = lane ? lane.bottom - view.chart.getBoundingClientRect().top - 2 : top
      set(rect, { x: left, y: top, width: right - left, height: bottom - top })
      set(start, { x1: left, x2: left, y1: from, y2: bottom })
      set(stop, { x1: right, x2: right, y1: top, y2: bottom })
    })
  }

  function pointer(at) {
    const shown = view.reading !== null && view.reading >= at.low && view.reading <= at.high
    view.chart.classList.toggle('is-reading', shown)
    if (!shown) return
    const x = at.x(view.reading)
    set(cross, { x1: x, x2: x, y1: at.panels[0].top, y2: at.axis.top })
    set(place, { x, y: at.axis.top + 18 })
    write(place, view.placeName(view.reading))
  }

  return {
    draw() {
      const at = geometry(view)
      if (!at || !at.panels.length) return
      for (const layer of [behind, front]) set(layer, { width: at.width, height: at.height })
      spans(at)
      pointer(at)
      view.smoothing?.draw(at, front)
    },
    remove() {
      behind.remove()
      front.remove()
    },
  }
}
