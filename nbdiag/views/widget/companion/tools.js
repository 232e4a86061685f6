// The controls under the axis.
function tools(view) {
  const bar = html(`<div class="nbdiag-tools tools" role="toolbar" aria-label="Chart">
    <div role="group" aria-label="Zoom" class="nbdiag-zoomed">
      <button type="button" data-do="earlier" aria-label="Earlier">\u2190</button>
      <button type="button" data-do="later" aria-label="Later">\u2192</button>
      <button type="button" data-do="out">zoom out</button>
      <button type="button" data-do="reset" aria-label="Reset zoom">reset</button></div>
    <div class="nbdiag-controls">
      <div><button type="button" data-do="in" title="Or drag across the curves">zoom in</button></div>
      <div><button type="button" data-do="log" aria-pressed="false">log scale</button></div>
      <div><button type="button" data-do="smooth" aria-pressed="false">smooth</button></div>
      <div role="group" aria-label="Horizontal axis" class="nbdiag-units"></div>
      <div><button type="button" data-do="runs" aria-pressed="false" title="The cell's other runs, over this one">all runs</button></div>
      <div><button type="button" data-do="metrics" aria-expanded="false">metrics</button></div>
      <div><button type="button" data-do="values" aria-expanded="false">values</button></div></div>
    <p class="nbdiag-waits" role="status"></p></div>`)
  const button = name => bar.querySelector(`[data-do="${name}"]`)
  const table = values(view, button('values'))
  const chosen = metrics(view, button('metrics'))
  const named = legend(view)
  bar.prepend(named.bar)
  view.chart.append(bar, chosen.region, table.region)

  // Where powers of ten are for the reader to choose; a learning rate takes them by itself.
  const both = () => view.parts.panels.filter(panel => panel.both && !isSetting(panel))

  function drawUnits() {
    const group = bar.querySelector('.nbdiag-units')
    const { all } = view.units
    while (group.children.length > all.length) group.lastChild.remove()
    all.forEach((name, i) => {
      if (!group.children[i]) group.append(html('<button type="button"></button>'))
      const title = view.units.knows(name) ? '' : `Nothing tells the ${name} of these values`
      set(group.children[i], { 'data-unit': name, 'aria-pressed': name === view.units.name, title })
      enable(group.children[i], view.units.knows(name))
      write(group.children[i], name)
    })
  }

  function enable(control, possible) {
    if (control.disabled === possible) control.disabled = !possible
  }

  function hide(control, hidden) {
    if (control.hidden !== hidden) control.hidden = hidden
  }

  const actions = {
    earlier: () => view.zoom.shift(-0.25),
    later: () => view.zoom.shift(0.25),
    in: () => view.zoom.by(0.5),
    out: () => view.zoom.by(2),
    reset: () => view.zoom.reset(),
    log: () => view.choices.set({ log: !both().some(isLog) }),
    smooth: () => view.choices.set({ smooth: !view.choices.get('smooth') }),
    runs: () => view.choices.set({ runs: !view.choices.get('runs') }),
  }
  view.on(bar, 'click', event => {
    const pressed = event.target.closest('button')?.dataset ?? {}
    if (pressed.unit) view.units.choose(pressed.unit)
    actions[pressed.do]?.()
  })

  return {
    // The kind of y axis the reader wants, wherever there is a choice.
    apply() {
      for (const panel of view.parts.panels) {
        const log = (both().includes(panel) ? view.choices.get('log') : null) ?? comesLog(panel)
        if (isLog(panel) === log) continue
        panel.log.axis.model.set('visible', log)
        panel.linear.axis.model.set('visible', !log)
      }
    },
    draw() {
      view.chart.classList.toggle('is-zoomed', view.zoom.window !== null)
      set(button('log'), { 'aria-pressed': both().some(isLog) })
      const possible = both().length > 0
      enable(button('log'), possible)
      set(button('log'), { title: possible ? 'Powers of ten for the loss' : 'Needs a loss with values above 0' })
      set(button('smooth'), { 'aria-pressed': view.choices.get('smooth') })
      set(button('runs'), { 'aria-pressed': view.runs.on })
      hide(button('runs').parentNode, view.runs.names.length === 0)
      drawUnits()
      named.draw()
      chosen.draw()
      table.draw()
      write(bar.lastChild, view.wire.waits)
    },
    remove() {
      bar.remove()
      chosen.region.remove()
      table.region.remove()
    },
  }
}
