// The controls under the axis. All of them act in the browser.
function tools(view) {
  const bar = html(`<div class="nbdiag-tools tools" role="toolbar" aria-label="Chart">
    <div role="group" aria-label="Zoom" class="nbdiag-zoomed">
      <button type="button" data-do="earlier" aria-label="Earlier">\u2190</button>
      <button type="button" data-do="later" aria-label="Later">\u2192</button>
      <button type="button" data-do="out">zoom out</button>
      <button type="button" data-do="reset">reset zoom</button></div>
    <div><button type="button" data-do="in" title="Or drag across the curves">zoom in</button></div>
    <div><button type="button" data-do="log" aria-pressed="false">log scale</button></div>
    <div><button type="button" data-do="smooth" aria-pressed="false">smooth</button></div>
    <div role="group" aria-label="Horizontal axis" class="nbdiag-units"></div>
    <div><button type="button" data-do="values" aria-expanded="false">values</button></div></div>`)
  const button = name => bar.querySelector(`[data-do="${name}"]`)
  const table = values(view, button('values'))
  view.chart.append(bar, table.region)

  function toggleLog() {
    const panels = view.parts.panels.filter(panel => panel.both)
    const on = !panels.some(isLog)
    for (const panel of panels) apply(panel, on)
    view.refresh()
  }

  function apply(panel, on) {
    const chosen = on ? panel.log : panel.linear
    panel.log.axis.model.set('visible', on)
    panel.linear.axis.model.set('visible', !on)
    const measured = [...panel.lines.map(({ line }) => line), ...panel.points, panel.ends]
    for (const { model } of measured) {
      const scales = model.get('scales')
      if (scales.y !== chosen.scale.model) model.set('scales', { ...scales, y: chosen.scale.model })
    }
  }

  function drawUnits() {
    const group = bar.querySelector('.nbdiag-units')
    const { names } = view.units
    while (group.children.length > names.length) group.lastChild.remove()
    names.forEach((name, i) => {
      if (!group.children[i]) group.append(html('<button type="button"></button>'))
      set(group.children[i], { 'data-unit': name, 'aria-pressed': name === view.units.name })
      write(group.children[i], name)
    })
    if (group.hidden !== names.length < 2) group.hidden = names.length < 2
  }

  const actions = {
    earlier: () => view.zoom.shift(-0.25),
    later: () => view.zoom.shift(0.25),
    in: () => view.zoom.by(0.5),
    out: () => view.zoom.by(2),
    reset: () => view.zoom.reset(),
    log: toggleLog,
    smooth: () => view.smooth.toggle(),
  }
  view.on(bar, 'click', event => {
    const pressed = event.target.closest('button')?.dataset ?? {}
    if (pressed.unit) view.units.choose(pressed.unit)
    actions[pressed.do]?.()
  })

  return {
    // A curve that began later stands on the same kind of axis as its panel.
    adopt() {
      view.parts.panels.forEach(panel => apply(panel, isLog(panel)))
    },
    draw() {
      view.chart.classList.toggle('is-zoomed', view.zoom.window !== null)
      const both = view.parts.panels.filter(panel => panel.both)
      set(button('log'), { 'aria-pressed': both.some(isLog) })
      const impossible = both.length === 0
      if (button('log').disabled !== impossible) button('log').disabled = impossible
      set(button('log'), { title: impossible ? 'Needs a loss whose values are all above 0' : 'Powers of ten for the loss' })
      set(button('smooth'), { 'aria-pressed': view.smooth.on })
      drawUnits()
      table.draw()
    },
    remove() {
      bar.remove()
      table.region.remove()
    },
  }
}
