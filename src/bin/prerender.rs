//! Writes the pages, the loader and the per-head data files into the folder that Trunk has built.
//!
//! `prerender DIST [--site-url URL]`, run in the package root; `SITE_URL` is read where the option is absent.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use unrolled::chapters::CHAPTERS;
use unrolled::content::pages::{self, Build};
use unrolled::content::prose::{self, Fault, Listings, Prose, Source};
use unrolled::content::site::ChapterPage;
use unrolled::content::{Lang, heads};

const BOOT: &str = include_str!("../../static/boot.js");
/// The image of link previews: the top of the English home page at 1200 x 630.
const SOCIAL: &str = "static/social.png";
const DATA: &str = "static/data/minilm";

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(pages) => {
            println!("prerender: {pages} pages");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("prerender: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<usize, Failure> {
    let (dist, site_url) = arguments()?;
    let (js, wasm) = app_files(&dist)?;
    let build = Build { js, wasm, site_url, chapters: CHAPTERS.iter().map(|chapter| chapter.page()).collect() };
    let written = chapter_pages(&build)?;
    for (path, text) in &written {
        write(&dist.join(path), text.as_bytes())?;
    }
    for lang in Lang::ALL {
        write(&dist.join(lang.code()).join("index.html"), pages::home(&build, lang).as_bytes())?;
    }
    write(&dist.join("404.html"), pages::not_found(&build).as_bytes())?;
    write(&dist.join("boot.js"), pages::boot_js(BOOT, &build).as_bytes())?;
    if build.site_url.is_some() {
        write(&dist.join("social.png"), &fs::read(SOCIAL).map_err(|error| format!("{SOCIAL}: {error}"))?)?;
    }
    data_files(&dist.join("data/minilm"))?;
    // Last, because it replaces the page from which the names of the app's files were read.
    write(&dist.join("index.html"), pages::root(&build).as_bytes())?;
    Ok(written.len() + Lang::ALL.len() + 2)
}

fn arguments() -> Result<(PathBuf, Option<String>), Failure> {
    let mut dist = None;
    let mut site_url = std::env::var("SITE_URL").ok();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--site-url" => site_url = Some(args.next().ok_or("--site-url wants an address")?),
            other if dist.is_none() && !other.starts_with('-') => dist = Some(PathBuf::from(other)),
            other => return Err(format!("unexpected argument `{other}`").into()),
        }
    }
    let dist = dist.ok_or("usage: prerender DIST [--site-url URL]")?;
    let site_url = site_url.map(|url| url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty());
    Ok((dist, site_url))
}

/// The names of the app's script and wasm, which carry a hash.
fn app_files(dist: &Path) -> Result<(String, String), Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist).map_err(|error| format!("{}: {error}", dist.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    // A build into a folder that was not emptied leaves older files: the page that Trunk wrote tells them apart.
    let page = fs::read_to_string(dist.join("index.html")).unwrap_or_default();
    let pick = |pred: &dyn Fn(&str) -> bool, what: &str| -> Result<String, Failure> {
        let all: Vec<&String> = names.iter().filter(|name| pred(name)).collect();
        let named: Vec<&&String> = all.iter().filter(|name| page.contains(name.as_str())).collect();
        match (&named[..], &all[..]) {
            ([one], _) => Ok(one.to_string()),
            ([], [one]) => Ok(one.to_string()),
            _ => Err(format!("{}: expected one {what}, found {all:?}", dist.display()).into()),
        }
    };
    let js = pick(&|name| name.starts_with("unrolled") && name.ends_with(".js"), "unrolled*.js")?;
    let wasm = pick(&|name| name.ends_with(".wasm"), "*.wasm")?;
    Ok((js, wasm))
}

/// Every chapter in both languages, as path and text; all faults of all files at once.
fn chapter_pages(build: &Build) -> Result<Vec<(PathBuf, String)>, Failure> {
    let sources = source_files()?;
    let listings = Listings::from_files(sources.iter().map(|(path, text)| (path.as_str(), text.as_str()))).map_err(list)?;
    let mut pages = Vec::new();
    let mut faults = Vec::new();
    for chapter in &build.chapters {
        let mut both = Vec::new();
        for lang in Lang::ALL {
            match prose_of(chapter, lang, &listings)? {
                Ok(prose) => {
                    let path = Path::new(lang.code()).join(chapter.slug).join("index.html");
                    pages.push((path, pages::chapter(build, lang, chapter.slug, &prose)));
                    both.push(prose);
                }
                Err(more) => faults.extend(more.iter().map(Fault::to_string)),
            }
        }
        if let [en, zh] = &both[..] {
            faults.extend(prose::parity(&en.outline, &zh.outline));
        }
    }
    if faults.is_empty() { Ok(pages) } else { Err(faults.join("\n").into()) }
}

fn prose_of(chapter: &ChapterPage, lang: Lang, listings: &Listings) -> Result<Result<Prose, Vec<Fault>>, Failure> {
    let file = format!("{}/prose.{}.md", chapter.prose_dir(), lang.code());
    let text = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    Ok(prose::build(&Source { file: &file, text: &text, lang, chapter, listings }))
}

fn list(faults: Vec<Fault>) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

/// Every Rust and WGSL file that may hold a listing, in the order of their paths.
fn source_files() -> Result<Vec<(String, String)>, Failure> {
    let mut paths = Vec::new();
    for folder in ["src/algorithms", "src/kernels"] {
        walk(Path::new(folder), &mut paths)?;
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        files.push((path.to_string_lossy().into_owned(), text));
    }
    Ok(files)
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, out)?;
        } else if path.extension().is_some_and(|ext| ext == "rs" || ext == "wgsl") {
            out.push(path);
        }
    }
    Ok(())
}

fn data_files(folder: &Path) -> Result<(), Failure> {
    let read = |name: &str| fs::read(Path::new(DATA).join(name)).map_err(|error| format!("{DATA}/{name}: {error}"));
    let mut files = heads::short_heads(&read("short.safetensors")?)?;
    files.extend(heads::long_heads(&read("long.safetensors")?)?);
    files.push(("tokens.json".to_owned(), read("tokens.json")?));
    for (name, bytes) in &files {
        write(&folder.join(name), bytes)?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()).into())
}
