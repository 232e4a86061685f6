// Which curves there are; each can be switched off.
function legend(view) {
  const bar = html('<div class="nbdiag-legend" role="group" aria-label="Curves"></div>')

  function entries() {
    const named = new Map()
    for (const panel of view.parts.panels) {
      for (const line of panel.lines) {
        if (line.name !== panel.title && line.line.model.get('visible')) named.set(line.name, `is-${line.role}${line.faint ? ' is-faint' : ''}`)
      }
    }
    if (view.runs.on) for (const name of view.runs.names) named.set(name, `is-run-${view.runs.color(name)}`)
    return [...named]
  }

  view.on(bar, 'click', event => {
    const name = event.target.closest('button')?.dataset.curve
    if (name === undefined) return
    const off = view.choices.get('off')
    view.choices.set({ off: off.includes(name) ? off.filter(other => other !== name) : [...off, name] })
  })

  return {
    bar,
    draw() {
      const wanted = entries()
      const off = view.choices.get('off')
      while (bar.children.length > wanted.length) bar.lastChild.remove()
      wanted.forEach(([name, kind], i) => {
        if (!bar.children[i]) {
          bar.append(html('<button type="button"><svg width="20" height="8" aria-hidden="true"><path d="M0,4H20"/></svg><span></span></button>'))
        }
        const button = bar.children[i]
        set(button, { 'data-curve': name, 'aria-pressed': !off.includes(name), title: off.includes(name) ? 'Show' : 'Hide' })
        set(button.firstChild, { class: kind })
        write(button.lastChild, name)
      })
    },
  }
}
