// One finding may be open, one may be hot (under the pointer or focused): pin, span and card show it together.
function selection(view) {
  const { root } = view
  let open = null
  let hot = null
  let touched = false
  let focused = null // the card that has the keyboard, kept through a rewrite of its widget

  const card = id => root.querySelector(`details[data-f="${CSS.escape(id)}"]`)
  const pinOf = target => target.closest?.('.nbdiag-pins .object_grp')
  const cardOf = target => target.closest?.('details[data-f]')
  const findingAt = target => (pinOf(target) ?? cardOf(target))?.dataset.f ?? null

  view.lit = id => (id === open ? ' is-on' : '') + (id === hot ? ' is-hot' : '')

  function light(element, finding) {
    element.classList.toggle('is-on', finding.id === open)
    element.classList.toggle('is-hot', finding.id === hot)
    element.classList.toggle('is-provisional', finding.provisional)
  }

  function pin(element, finding, scale) {
    if (!element.querySelector('.nbdiag-hit')) {
      element.prepend(svg('rect', { class: 'nbdiag-hit', x: -12, y: -11, width: 24, height: 22 }))
      element.append(svg('circle', { class: 'nbdiag-ring', r: 11 }))
    }
    const inside = finding.start >= scale.get('min') && finding.start <= scale.get('max')
    element.style.display = inside ? '' : 'none'
    set(element, {
      role: 'button',
      tabindex: 0,
      'data-f': finding.id,
      'aria-label': finding.label,
      'aria-expanded': finding.id === open,
      'data-severity': finding.severity,
    })
  }

  // Idempotent; runs after every change of the page. bqplot reuses elements: index i may be another finding now.
  function sync() {
    const { pins, extents, numbers } = view.parts.rail
    const findings = view.findings()
    pins.el.classList.add('nbdiag-pins')
    extents.el.classList.add('nbdiag-extents')
    numbers.el.classList.add('nbdiag-numbers')
    for (const part of [pins, extents, numbers]) {
      items(part).forEach((element, i) => {
        const finding = findings[i]
        if (!finding) return
        light(element, finding)
        if (part === pins) pin(element, finding, view.parts.axis.scale.model)
        if (part === numbers) element.style.display = items(pins)[i]?.style.display ?? ''
      })
    }
    for (const details of root.querySelectorAll('details[data-f]')) {
      const wanted = details.dataset.f === open
      if (details.open !== wanted) details.open = wanted
      details.classList.toggle('is-hot', details.dataset.f === hot)
      details.classList.toggle('is-withdrawn', view.model.get('withdrawn').includes(details.dataset.f))
    }
    if (focused && !root.contains(document.activeElement)) card(focused)?.querySelector('summary').focus({ preventScroll: true })
  }

  const bringUp = id => card(id)?.scrollIntoView({ block: 'nearest', behavior: 'smooth' })

  function show(id, scroll) {
    touched = true
    open = open === id ? null : id
    view.refresh()
    if (open && scroll) bringUp(open)
  }

  // Whether a click on the curves is one on the epochs that are tinted for the finding being read.
  function onSpan(event) {
    const finding = view.findings().find(({ id, whole }) => id === open && !whole)
    const panel = view.parts.panels.some(({ figure }) => figure.el.contains(event.target))
    const at = finding && panel && !view.zoom.dragged && geometry(view)
    if (!at) return false
    const place = at.value(event.clientX - view.chart.getBoundingClientRect().left)
    return place >= finding.start && place <= finding.stop
  }

  function heat(id) {
    if (id === hot) return
    hot = id
    view.refresh()
  }

  // The extent of a finding on the rail, in the lane of its pin: the line itself is thinner than a finger.
  function extentAt(event) {
    const at = view.parts.rail.figure.el.contains(event.target) && geometry(view)
    if (!at) return null
    const place = at.value(event.clientX - view.chart.getBoundingClientRect().left)
    const lanes = items(view.parts.rail.pins).map(element => element.querySelector('.nbdiag-hit').getBoundingClientRect())
    return view.findings().find(({ start, stop }, i) => place >= start && place <= stop
      && event.clientY >= lanes[i]?.top && event.clientY <= lanes[i]?.bottom)?.id ?? null
  }

  // In the capture phase: bqplot's own tooltip is for pages without us.
  view.on(root, 'click', event => {
    if (!view.parts) return
    if (onSpan(event)) return bringUp(open)
    const clicked = pinOf(event.target)?.dataset.f ?? extentAt(event)
    if (clicked) {
      event.stopPropagation()
      return show(clicked, true)
    }
    const summary = event.target.closest('summary')
    if (summary && summary.parentNode.dataset.f) {
      event.preventDefault()
      return show(summary.parentNode.dataset.f, false)
    }
  }, true)

  // On window: Notebook 7 takes the arrow keys before they reach the output.
  view.on(window, 'keydown', event => {
    const from = root.contains(event.target) && pinOf(event.target)
    if (!from) return
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const press = event.key === 'Enter' || event.key === ' '
    if (!step && !press) return
    event.preventDefault()
    event.stopPropagation()
    if (press) return show(from.dataset.f, true)
    const all = items(view.parts.rail.pins)
    all[all.indexOf(from) + step]?.focus()
  }, true)

  view.on(root, 'pointermove', event => view.parts && heat(findingAt(event.target) ?? extentAt(event)))
  view.on(root, 'pointerleave', () => heat(null))
  view.on(root, 'focusin', event => {
    focused = event.target.closest('summary')?.parentNode.dataset.f ?? null
    if (event.target.matches(':focus-visible')) heat(findingAt(event.target))
  })
  view.on(root, 'focusout', event => { if (event.relatedTarget) focused = null })
  // Find in page opens a card by itself.
  view.on(root, 'toggle', event => {
    const { dataset, open: opened } = event.target
    if (dataset?.f && opened && dataset.f !== open) {
      open = dataset.f
      view.refresh()
    }
  }, true)

  return {
    sync,
    offer(id) {
      if (touched || !id) return
      open = id
      view.refresh()
    },
    morph(cards) {
      for (const [id, text] of Object.entries(cards)) {
        const old = card(id)
        if (old) morph(old, html(text))
      }
    },
  }
}
