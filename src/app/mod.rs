//! The page: adopts the prerendered prose, mounts every figure in its placeholder, keeps the address.

mod address_bar;
mod backend_provider;
mod data;
mod lab;
mod near;
mod navigate;
mod reading;
mod shell;

use std::cell::RefCell;

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::chapters::{self, Slot};
use crate::content::Lang;
use crate::figure::{Address, Figure, Problem, Values};
use crate::trace::Player;
use crate::ui::bind::watch;
use crate::ui::motion::Motion;
use crate::ui::{self, Fetch, FigureState, Place, Progress, dom};

/// Everything the page shares between its figures.
#[derive(Clone, Copy)]
pub struct Page {
    /// What every figure knows.
    pub place: Place,
    /// The address as last read or written.
    pub address: RwSignal<Address>,
    /// The figures on the page.
    pub figures: RwSignal<Vec<FigureState>>,
    /// The figure that the address describes.
    pub active: RwSignal<Option<FigureState>>,
    /// The backend, once probed.
    pub backend: RwSignal<backend_provider::Status>,
}

/// Starts the page.
pub fn start() {
    console_error_panic_hook::set_once();
    let host = dom::document().create_element("div").ok().and_then(|el| el.dyn_into::<HtmlElement>().ok());
    let body = dom::document().body();
    if let (Some(host), Some(body)) = (host, body) {
        // Without a host there is no page to bring to life, and the prose stands as it is.
        if body.append_child(&host).is_ok() {
            leptos::mount::mount_to(host.clone(), move || run(&host)).forget();
        }
    }
}

fn run(host: &Element) {
    let page = new_page();
    shell::adopt(page);
    backend_provider::start(page);
    let (app, visit) = (Owner::current().unwrap_or_default(), RefCell::new(None::<Owner>));
    // Everything of a visit belongs to one owner: with the page that it stands on go its effects, listeners and signals.
    let adopt = std::rc::Rc::new(move || {
        page.figures.set(Vec::new());
        page.active.set(None);
        if let Some(old) = visit.take() {
            old.cleanup();
        }
        let owner = app.child();
        owner.with(|| adopt(page));
        visit.replace(Some(owner));
    });
    adopt();
    navigate::listen(page, move || adopt());
    ready_when_drawn(page);
    shell::notes(page, host);
}

fn new_page() -> Page {
    let active = RwSignal::new(None::<FigureState>);
    let address = RwSignal::new(Address::default());
    let place = Place {
        lang: RwSignal::new(shell::lang_of_page()),
        metrics: RwSignal::new(dom::metrics()),
        present: RwSignal::new(false),
        show: RwSignal::new(None),
        lock: RwSignal::new(Vec::new()),
        acted: Callback::new(move |state: FigureState| {
            active.set(Some(state));
            address_bar::schedule(state, address);
        }),
        address: Callback::new(move |(state, embed): (FigureState, bool)| address_bar::absolute(&state, &address.get_untracked(), embed)),
        measure: Callback::new(lab::start),
        score: RwSignal::new(shell::load_score()),
    };
    let page =
        Page { place, address, figures: RwSignal::new(Vec::new()), active, backend: RwSignal::new(backend_provider::Status::Probing) };
    watch(Box::new(move || place.score.with(|score| shell::save_score(score))));
    page
}

/// Reads the page that is in the document now, and its address, and mounts its figures.
fn adopt(page: Page) {
    let (address, problems) = address_bar::read();
    page.place.lang.set(shell::lang_of_page());
    shell::apply(page, &address);
    let slug = dom::root().get_attribute("data-slug").unwrap_or_default();
    let chapter = chapters::find(&slug);
    let slots: &[Slot] = chapter.map_or(&[], |chapter| chapter.figures);
    let known = address.fig.as_deref().is_none_or(|fig| slots.iter().any(|slot| slot.spec.id == fig));
    let target = slots
        .iter()
        .find(|slot| known && address.fig.as_deref().map_or(slot.main, |fig| fig == slot.spec.id))
        .or(slots.iter().find(|slot| slot.main));
    let figures: Vec<(Element, FigureState)> = slots
        .iter()
        .filter_map(|slot| {
            let place = dom::document().get_element_by_id(slot.spec.id).filter(|el| el.has_attribute("data-figure"))?;
            let is_target = target.is_some_and(|target| target.spec.id == slot.spec.id);
            let state = new_state(page, slot, is_target.then_some(&address));
            if is_target {
                state.report(problems.clone());
                if !known {
                    state.report(vec![unknown_figure(&address, slot)]);
                }
                page.active.set(Some(state));
            }
            Some((place, state))
        })
        .collect();
    page.figures.set(figures.iter().map(|figure| figure.1).collect());
    shell::single_figure(page, target.map(|slot| slot.spec.id));
    for (place, state) in figures {
        data::follow(state);
        follow_attributes(state, place.clone());
        near::follow(state, &place);
        let listings = take_listings(&place);
        ui::mount(&place, state, listings);
    }
    reading::follow(page);
    if address.present {
        // A clicker works at once: the only figure there is gets the focus when it has drawn.
        let id = target.map(|slot| slot.spec.id);
        let figures = page.figures.get_untracked();
        watch(Box::new(move || {
            let drawn = figures.iter().any(|figure| Some(figure.spec.id) == id && figure.drawn.get());
            let figure = id.filter(|_| drawn).and_then(|id| dom::document().get_element_by_id(id));
            if let Some(slider) = figure
                .and_then(|el| el.query_selector(".timeline, .fig-body:not(:has(.timeline))").ok().flatten())
                .and_then(|el| el.dyn_into::<HtmlElement>().ok())
            {
                let _ = slider.focus();
            }
        }));
    }
    if address.fig.is_some() || address.step.is_some() {
        shell::bring_into_view(target.map(|slot| slot.spec.id));
    }
}

fn new_state(page: Page, slot: &'static Slot, address: Option<&Address>) -> FigureState {
    let fields = slot.spec.fields;
    let (values, mut problems) = match address {
        Some(address) => Values::parse(fields, &address.rest),
        None => (Values::defaults(fields), Vec::new()),
    };
    let drafts = address.map_or_else(Vec::new, |address| {
        address.rest.iter().filter(|(name, _)| problems.iter().any(|problem| problem.field == *name)).cloned().collect::<Vec<_>>()
    });
    problems.extend(address.into_iter().flat_map(|address| unknown_names(address, slot)));
    let player = RwSignal::new(Player::at(0));
    let at = Memo::new(move |_| player.with(|player| player.cursor));
    let row = RwSignal::new(address.and_then(|address| address.row));
    let figure: RwSignal<Option<Arc<dyn Figure>>> = RwSignal::new(None);
    let state = FigureState {
        spec: &slot.spec,
        number: slot.number,
        main: slot.main,
        place: page.place,
        values: RwSignal::new(values),
        figure,
        player,
        at,
        playing: Memo::new(move |_| player.with(|player| player.playing)),
        focused: Memo::new(move |_| {
            let (step, row) = (at.get(), row.get());
            figure.with(|figure| figure.as_ref().map_or(0, |figure| figure.focus(step, row)))
        }),
        row,
        motion: RwSignal::new(Motion::Still),
        problems: RwSignal::new(problems),
        moved: RwSignal::new(address.is_some_and(|address| address.step.is_some())),
        taken: RwSignal::new(address.is_some_and(|address| address.step.is_some())),
        cell: RwSignal::new(None),
        table: RwSignal::new(false),
        asked: RwSignal::new(None),
        fetch: RwSignal::new(Fetch::Idle),
        agreement: RwSignal::new(None),
        width: RwSignal::new(0.0),
        near: RwSignal::new(slot.spec.player || address.is_some()),
        drawn: RwSignal::new(false),
        opening: RwSignal::new(address.and_then(|address| address.step)),
        drafts: RwSignal::new(drafts),
        progress: RwSignal::new(Progress::Idle),
    };
    backend_provider::follow(page, state);
    state
}

fn unknown_figure(address: &Address, slot: &Slot) -> Problem {
    let asked: String = address.fig.as_deref().unwrap_or_default().chars().take(40).collect();
    let shown = slot.spec.id;
    Problem::new(
        "fig",
        format!("`fig={asked}`: there is no such figure here. Showing {shown}."),
        format!("`fig={asked}`：本章没有这幅图。现在显示 {shown}。"),
    )
}

fn unknown_names(address: &Address, slot: &Slot) -> Vec<Problem> {
    let strange = address.rest.iter().filter(|(name, _)| !slot.spec.fields.iter().any(|field| field.name == name));
    strange
        .map(|(name, _)| {
            let name: String = name.chars().take(40).collect();
            let id = slot.spec.id;
            Problem::new(
                name.clone(),
                format!("`{name}` is not a parameter of {id}; it changes nothing."),
                format!("`{name}` 不是 {id} 的参数，不起作用。"),
            )
        })
        .collect()
}

/// The attributes that tests, assistive technology and scripts read.
fn follow_attributes(state: FigureState, place: Element) {
    watch(Box::new(move || {
        // An attribute that cannot be set changes nothing that a reader sees.
        let _ = place.set_attribute("data-step", &state.step().to_string());
        let _ = place.set_attribute("data-last-step", &state.last_step().to_string());
        match state.agreement.get().and_then(|agreement| agreement.gpu) {
            Some(gpu) => drop(place.set_attribute("data-agreement", &crate::content::number::ascii(gpu))),
            None => drop(place.remove_attribute("data-agreement")),
        }
    }));
}

fn take_listings(place: &Element) -> Vec<(String, String)> {
    let listings = dom::all(place, "pre[data-listing]")
        .into_iter()
        .filter_map(|pre| Some((pre.get_attribute("data-listing")?, pre.inner_html())))
        .collect();
    for waiting in dom::all(place, ".fig-wait, .listings") {
        waiting.remove();
    }
    listings
}

/// `data-ready` is true when the probe has finished and every figure that is shown and not waiting has drawn its opening frame.
fn ready_when_drawn(page: Page) {
    watch(Box::new(move || {
        let probed = !matches!(page.backend.get(), backend_provider::Status::Probing);
        // Beside the one that is presented or embedded, figures have no width and draw nothing.
        let alone = page.address.with(|address| address.present || address.embed);
        let shown = page.active.get().map(|figure| figure.spec.id);
        let drawn = page.figures.with(|figures| {
            figures.iter().filter(|figure| !alone || Some(figure.spec.id) == shown).all(|figure| figure.drawn.get() || !figure.near.get())
        });
        if probed && drawn {
            let _ = dom::root().set_attribute("data-ready", "true");
        }
    }));
}

/// The language of the page.
pub fn lang(page: Page) -> Lang {
    page.place.lang.get_untracked()
}
