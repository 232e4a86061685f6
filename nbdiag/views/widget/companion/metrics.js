// Which metrics have a panel. The kernel chooses a few; the reader may choose others, which are then asked of it.
function metrics(view, button) {
  const region = html('<div class="nbdiag-metrics" role="group" aria-label="Metrics" hidden></div>')
  let drawn = ''

  view.on(button, 'click', () => {
    region.hidden = !region.hidden
    view.refresh()
  })
  view.on(region, 'change', () => {
    const chosen = [...region.querySelectorAll(':checked')].map(box => box.value)
    if (chosen.length) view.choices.set({ metrics: chosen })
    else view.refresh()
  })
  return {
    region,
    draw() {
      const { all, shown } = view.model.get('metrics')
      const chosen = view.choices.get('metrics') ?? shown
      if (button.parentNode.hidden !== all.length < 2) button.parentNode.hidden = all.length < 2
      set(button, { 'aria-expanded': !region.hidden })
      const now = JSON.stringify([all, chosen, view.wire.isLive])
      if (region.hidden || drawn === now) return
      drawn = now
      const names = JSON.stringify(all)
      if (region.dataset.names !== names) {
        region.dataset.names = names
        region.replaceChildren(...all.map(name => {
          const label = html('<label><input type="checkbox"> <span></span></label>')
          label.firstChild.value = name
          label.lastChild.textContent = name.replaceAll('_', ' ')
          return label
        }))
      }
      for (const box of region.querySelectorAll('input')) {
        box.checked = chosen.includes(box.value)
        box.disabled = !view.wire.isLive
        box.parentNode.title = view.wire.isLive ? '' : 'Needs the kernel that ran this cell'
      }
    },
  }
}
