//! The page that picks a language, and the page for an address that does not exist.

use super::Build;
use super::shell::{MARK, common_head};

/// `/index.html`: goes to the reader's language, or offers both.
pub fn root(build: &Build) -> String {
    let mut head = common_head("./", "Unrolled · 逐步展开");
    head.push_str("<meta name=\"description\" content=\"The algorithms of efficient sequence models, run for real and unrolled step by step. 高效序列模型的算法，真实运行，逐步展开。\">\n");
    for (tag, path) in [("en", "en/"), ("zh-CN", "zh/"), ("x-default", "")] {
        let base = build.site_url.as_ref().map_or_else(|| "./".to_owned(), |url| format!("{url}/"));
        head.push_str(&format!("<link rel=\"alternate\" hreflang=\"{tag}\" href=\"{base}{path}\">\n"));
    }
    head.push_str("<script src=\"./language.js\"></script>\n");
    format!(
        "<!doctype html>\n<html lang=\"en\" data-root=\"./\" data-slug=\"home\">\n<head>\n{head}</head>\n<body>\n\
         <main id=\"page\" class=\"plain\"><h1>{MARK}Unrolled <span lang=\"zh-CN\">逐步展开</span></h1>\n\
         <p class=\"choice\"><a href=\"en/\" hreflang=\"en\">English</a> <a href=\"zh/\" hreflang=\"zh-CN\" lang=\"zh-CN\">简体中文</a></p></main>\n\
         </body>\n</html>\n"
    )
}

/// `/404.html`: served for any path, so its links begin at the root of the site.
pub fn not_found(build: &Build) -> String {
    let base = build.base_path();
    format!(
        "<!doctype html>\n<html lang=\"en\" data-root=\"{base}\" data-slug=\"404\">\n<head>\n{}</head>\n<body>\n\
         <main id=\"page\" class=\"plain\"><h1>There is no page here <span lang=\"zh-CN\">这里没有网页</span></h1>\n\
         <p>The address may be mistyped, or the page has moved.</p>\n<p lang=\"zh-CN\">地址可能写错了，或者网页搬走了。</p>\n\
         <p class=\"choice\"><a href=\"{base}en/\" hreflang=\"en\">To the map</a> \
         <a href=\"{base}zh/\" hreflang=\"zh-CN\" lang=\"zh-CN\">回到地图</a></p></main>\n</body>\n</html>\n",
        common_head(&base, "404 · Unrolled · 逐步展开")
    )
}
