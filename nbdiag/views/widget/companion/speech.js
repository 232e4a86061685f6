// What a screen reader is told: the curves are a drawing, summed up in a sentence; a finding that appears is said once.
function speech(view) {
  const region = html('<div class="nbdiag-sr" role="status"></div>')
  view.root.append(region)
  set(view.root, { role: 'group', 'aria-label': 'Training diagnosis' })
  const known = new Set()
  let live = false // in a notebook that is opened later, the findings are read where they stand

  return {
    draw() {
      const { panels, axis, rail } = view.parts
      for (const el of [...panels.map(({ figure }) => figure.el), axis.figure.el, rail.numbers.el]) set(el, { 'aria-hidden': 'true' })
      // On what stays: a region that is replaced with its words is not read by all readers.
      set(view.root.querySelector('.nbdiag-head'), { 'aria-live': 'polite' })
      live ||= view.root.querySelector('.status > i') !== null
      const fresh = view.findings().filter(({ id }) => !known.has(id))
      for (const { id } of fresh) known.add(id)
      if (live && fresh.length) write(region, fresh.map(({ label }) => label).join('. '))
    },
    remove: () => region.remove(),
  }
}
