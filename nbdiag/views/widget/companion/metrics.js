// Which metrics have a panel. The kernel chooses a few; the reader may choose others, which are then asked of it.
const MANY = 20 // names: more are searched, not read

function metrics(view, button) {
  const region = html(`<div class="nbdiag-metrics" role="group" aria-label="Metrics" hidden>
    <input type="search" placeholder="name" aria-label="Show only names with"><div></div></div>`)
  const [search, list] = region.children
  let names = ''

  function fill(all) {
    if (names === JSON.stringify(all)) return
    names = JSON.stringify(all)
    list.replaceChildren(...all.map(name => {
      const label = html('<label><input type="checkbox"> <span></span></label>')
      label.firstChild.value = name
      label.lastChild.textContent = name.replaceAll('_', ' ')
      return label
    }))
  }

  // What can be chosen now, and why not.
  function mark(chosen, most) {
    const full = chosen.length >= most
    for (const label of list.children) {
      const box = label.firstChild
      box.checked = chosen.includes(box.value)
      box.disabled = !view.wire.isLive || (full && !box.checked)
      const title = !view.wire.isLive ? 'Needs the kernel that ran this cell' : box.disabled ? `At most ${most} panels` : ''
      if (label.title !== title) label.title = title
      show(label, box.checked || box.value.includes(search.value.trim().replaceAll(' ', '_')))
    }
  }

  view.on(button, 'click', () => {
    region.hidden = !region.hidden
    view.refresh()
  })
  view.on(search, 'input', () => view.refresh())
  view.on(list, 'change', () => {
    const chosen = [...list.querySelectorAll(':checked')].map(box => box.value)
    if (chosen.length) view.choices.set({ metrics: chosen })
    view.refresh()
  })
  return {
    region,
    draw() {
      const { all, shown, most } = view.model.get('metrics')
      if (button.parentNode.hidden !== all.length < 2) button.parentNode.hidden = all.length < 2
      set(button, { 'aria-expanded': !region.hidden })
      if (region.hidden) return
      show(search, all.length > MANY)
      fill(all)
      mark(view.choices.get('metrics') ?? shown, most)
    },
  }
}
