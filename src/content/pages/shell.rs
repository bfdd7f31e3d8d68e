//! Head and bar, the same on every page, and the page of a chapter.

use super::Build;
use crate::content::Lang;
use crate::content::map::MAP;
use crate::content::prose::Prose;
use crate::content::prose::html::escape;

/// The page's policy. `data:` and `blob:` images are what PNG and SVG exports need.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:";

/// One page of the site.
pub(super) struct Shell<'a> {
    pub build: &'a Build,
    pub lang: Lang,
    /// Slug of the chapter, or `home`.
    pub slug: &'a str,
    /// The way to the root of the site.
    pub root: &'a str,
    pub title: String,
    pub description: &'a str,
    /// The inside of the page with its `<main>`.
    pub main: String,
}

impl Shell<'_> {
    /// The whole page.
    pub fn html(&self) -> String {
        let Shell { lang, slug, root, main, .. } = self;
        format!(
            "<!doctype html>\n<html lang=\"{}\" data-root=\"{root}\" data-slug=\"{slug}\">\n<head>\n{}</head>\n<body>\n\
             <a class=\"skip\" href=\"#page\">{}</a>\n{}\n{main}\n</body>\n</html>\n",
            lang.tag(),
            self.head(),
            lang.pick("Skip to the text", "跳到正文"),
            self.bar(),
        )
    }

    fn head(&self) -> String {
        let Shell { build, root, description, .. } = self;
        let mut out = common_head(root, &self.title);
        out.push_str(&format!("<meta name=\"description\" content=\"{}\">\n", escape(description)));
        for lang in Lang::ALL {
            out.push_str(&format!("<link rel=\"alternate\" hreflang=\"{}\" href=\"{}\">\n", lang.tag(), self.address(lang)));
        }
        out.push_str(&format!("<link rel=\"alternate\" hreflang=\"x-default\" href=\"{}\">\n", self.address(Lang::En)));
        if let Some(url) = &build.site_url {
            let here = self.address(self.lang);
            out.push_str(&format!(
                "<link rel=\"canonical\" href=\"{here}\">\n<meta property=\"og:type\" content=\"article\">\n\
                 <meta property=\"og:url\" content=\"{here}\">\n<meta property=\"og:title\" content=\"{}\">\n\
                 <meta property=\"og:description\" content=\"{}\">\n<meta property=\"og:image\" content=\"{}/social.png\">\n\
                 <meta name=\"twitter:card\" content=\"summary_large_image\">\n",
                escape(&self.title),
                escape(description),
                escape(url)
            ));
        }
        out.push_str(&format!(
            "<link rel=\"modulepreload\" href=\"{root}{}\">\n\
             <link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin href=\"{root}{}\">\n\
             <script type=\"module\" src=\"{root}boot.js\"></script>\n",
            build.js, build.wasm
        ));
        out
    }

    /// The address of this page in a language: absolute where the site's address is known.
    fn address(&self, lang: Lang) -> String {
        let path = if self.slug == "home" { format!("{}/", lang.code()) } else { format!("{}/{}/", lang.code(), self.slug) };
        match &self.build.site_url {
            Some(url) => format!("{}/{path}", escape(url)),
            None => format!("{}{path}", self.root),
        }
    }

    fn bar(&self) -> String {
        let Shell { lang, root, slug, .. } = self;
        let other = lang.pick(Lang::Zh, Lang::En);
        let path = if *slug == "home" { String::new() } else { format!("{slug}/") };
        let (name, second, second_lang) = lang.pick(("Unrolled", "逐步展开", "zh-CN"), ("逐步展开", "Unrolled", "en"));
        let present = if *slug == "home" { String::new() } else { present_link(*lang) };
        format!(
            "<header class=\"bar\"><a class=\"mark\" href=\"{root}{}/\">{MARK}{name} <span lang=\"{second_lang}\">{second}</span></a>\n\
             <nav class=\"ruler\" aria-label=\"{}\">{}</nav>\n\
             <nav class=\"tools\" aria-label=\"{}\"><a class=\"tool\" data-action=\"lang\" href=\"{root}{}/{path}\" hreflang=\"{tag}\" lang=\"{tag}\">{}</a>\
             <button type=\"button\" class=\"tool\" data-action=\"theme\" aria-label=\"{}\">{THEME}</button>{present}</nav></header>",
            lang.code(),
            lang.pick("Chapters", "章节"),
            self.ruler(),
            lang.pick("This page", "本页"),
            other.code(),
            other.pick("English", "中文"),
            lang.pick("Light or dark", "明暗切换"),
            tag = other.tag(),
        )
    }

    fn ruler(&self) -> String {
        let Shell { lang, root, slug, build, .. } = self;
        let mut out = String::new();
        for idea in &MAP {
            let (number, name) = (idea.number, escape(idea.name(*lang)));
            if idea.slug == *slug {
                out.push_str(&format!("<a href=\"{root}{}/{slug}/\" aria-current=\"page\">{number} {name}</a>", lang.code()));
            } else if build.has(idea.slug) {
                out.push_str(&format!(
                    "<a href=\"{root}{}/{}/\" title=\"{name}\">{number}<span class=\"vh\"> {name}</span></a>",
                    lang.code(),
                    idea.slug
                ));
            } else {
                let soon = lang.pick(format!("{name}: coming"), format!("{name}：即将上线"));
                out.push_str(&format!("<span title=\"{soon}\">{number}</span>"));
            }
        }
        out
    }
}

fn present_link(lang: Lang) -> String {
    let word = lang.pick("Present", "演示");
    format!(
        "<a class=\"tool\" data-action=\"present\" href=\"?present=1\" aria-label=\"{word}\">{PRESENT}<span class=\"t\">{word}</span></a>"
    )
}

/// What every page has in its head, the policy first.
pub(super) fn common_head(root: &str, title: &str) -> String {
    format!(
        "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<script src=\"{root}theme.js\"></script>\n\
         <link rel=\"stylesheet\" href=\"{root}tokens.css\">\n<link rel=\"stylesheet\" href=\"{root}page.css\">\n\
         <link rel=\"stylesheet\" href=\"{root}figure.css\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"{root}favicon.svg\">\n",
        escape(title)
    )
}

/// The mark.
pub(super) const MARK: &str = "<svg width=\"22\" height=\"18\" viewBox=\"0 0 22 18\" aria-hidden=\"true\"><path d=\"M1 17V1M6 17V6M11 17V10M16 17V13M21 17v-2\" stroke=\"currentColor\" stroke-width=\"2\"/></svg>";
const THEME: &str = "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"6\"/><path d=\"M8 2a6 6 0 0 1 0 12z\" fill=\"currentColor\"/></svg>";
const PRESENT: &str = "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"M1.5 3h13v8.5h-13zM8 11.5V14M5 14h6\"/></svg>";

/// The page of a chapter.
pub fn chapter(build: &Build, lang: Lang, slug: &str, prose: &Prose) -> String {
    let title = format!("{} · {}", prose.front.title.replace('|', ""), lang.pick("Unrolled", "逐步展开"));
    let main = format!("<main id=\"page\" class=\"read\">\n{}</main>", prose.html);
    Shell { build, lang, slug, root: "../../", title, description: &prose.front.description, main }.html()
}
