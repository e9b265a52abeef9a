//! Reads one source file into the paths it mentions.
//!
//! It works on tokens, not on syntax, so that what stands inside a macro or an attribute is read like
//! everything else.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// The absolute path of a module: `["line", "client"]`; of our other crates with their name in front.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Module(pub Vec<String>);

/// A path that a file mentions, made absolute as far as it is ours.
#[derive(Debug, Clone)]
pub struct Mention {
    pub line: usize,
    pub target: Target,
    /// It stands in a `use`, so that everything below it comes within reach.
    pub used: bool,
    /// It is passed on to whoever can see this module.
    pub passed_on: bool,
    /// It stands in code that exists in tests only.
    pub in_test: bool,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Something of ours.
    Ours(Vec<String>),
    /// A path that begins with another name: a crate, or something in scope.
    Other { rooted: bool, path: Vec<String> },
    /// A keyword that only some rooms may use.
    Keyword(&'static str),
}

/// What was found in a file.
pub struct Scanned {
    pub file: String,
    pub module: Module,
    pub mentions: Vec<Mention>,
    /// Modules that this file declares for tests only.
    pub test_modules: Vec<Module>,
    /// Names that mean something of ours here: child modules, and what was brought into scope.
    pub names: BTreeSet<String>,
}

impl Module {
    /// The module that a file of the workspace is.
    pub fn of(file: &str) -> Self {
        let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
        let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        match parts.as_slice() {
            [src, inside @ ..] if src == "src" => Self(inside.to_vec()),
            [package, _src, root] if root == "lib" => Self(vec![package.clone()]),
            [package, _src, inside @ ..] => Self([std::slice::from_ref(package), inside].concat()),
            other => Self(other.to_vec()),
        }
    }

    /// The room it belongs to.
    pub fn room(&self) -> &str {
        &self.0[0]
    }

    /// Where paths that begin with `crate` begin: our other crates keep their name in front.
    fn root(&self) -> Vec<String> {
        if ["entity", "migration"].contains(&self.room()) { vec![self.room().to_owned()] } else { Vec::new() }
    }

    /// Whether it is the root of the library or of the programme, which `self` and child modules begin at.
    fn here(&self) -> Vec<String> {
        if ["lib", "main"].contains(&self.room()) { Vec::new() } else { self.0.clone() }
    }

    /// Whether it is `other` or inside of it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

/// Reads a file.
pub fn read(file: &str, text: &str, module: Module) -> Scanned {
    let tokens: TokenStream = text.parse().unwrap_or_else(|why| panic!("{file} is no Rust: {why}"));
    let here = module.here();
    let names = BTreeSet::new();
    let mut scanned = Scanned { file: file.to_owned(), module, mentions: Vec::new(), test_modules: Vec::new(), names };
    scanned.walk(tokens, &here, false);
    scanned
}

/// One name at the end of a `use`.
struct Leaf {
    line: usize,
    path: Vec<String>,
    name: Option<String>,
}

impl Scanned {
    fn walk(&mut self, tokens: TokenStream, here: &[String], in_test: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut only_in_tests = false;
        let mut at = 0;
        while at < tokens.len() {
            let testing = in_test || only_in_tests;
            at = match &tokens[at] {
                TokenTree::Punct(hash) if hash.as_char() == '#' && attribute(&tokens, at).is_some() => {
                    let (attribute, next) = attribute(&tokens, at).unwrap();
                    only_in_tests |= is_cfg_test(attribute);
                    self.read_attribute(attribute, here, testing);
                    next
                }
                TokenTree::Ident(word) if *word == "use" && !is_punct(&tokens, at + 1, '<') => {
                    self.read_use(&tokens, at, here, testing)
                }
                TokenTree::Ident(word) if *word == "extern" && is_ident(&tokens, at + 1, "crate") => {
                    let path = tokens.get(at + 2).map(ToString::to_string).into_iter().collect();
                    self.mention(line(word), here, true, path, (true, false, testing));
                    at + 3
                }
                TokenTree::Ident(word) if *word == "mod" => self.read_module(&tokens, at, here, testing),
                TokenTree::Ident(_) => self.read_path(&tokens, at, false, here, testing),
                TokenTree::Punct(colon) if colon.as_char() == ':' && begins_at_the_root(&tokens, at) => {
                    self.read_path(&tokens, at + 2, true, here, testing)
                }
                TokenTree::Group(group) => {
                    self.walk(group.stream(), here, testing);
                    at + 1
                }
                _ => at + 1,
            };
            only_in_tests &= !ends_item(&tokens[at - 1]);
        }
    }

    fn read_attribute(&mut self, attribute: &Group, here: &[String], in_test: bool) {
        let mut inside = attribute.stream().into_iter();
        if matches!(inside.next(), Some(TokenTree::Ident(name)) if name == "doc") {
            return;
        }
        self.walk(attribute.stream(), here, in_test);
        for text in literals(attribute.stream()) {
            let path = text.trim_matches('"');
            let parts: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
            if parts.len() > 1 {
                self.mention(attribute.span_open().start().line, here, false, parts, (false, false, in_test));
            }
        }
    }

    fn read_use(&mut self, tokens: &[TokenTree], at: usize, here: &[String], in_test: bool) -> usize {
        let end = (at..tokens.len()).find(|&i| is_punct(tokens, i, ';')).unwrap_or(tokens.len());
        let rooted = is_punct(tokens, at + 1, ':');
        let mut leaves = Vec::new();
        read_tree(&tokens[at + 1..end], Vec::new(), &mut leaves);
        let passed_on = is_passed_on(tokens, at);
        for leaf in leaves {
            self.bind(&leaf, rooted);
            self.mention(leaf.line, here, rooted, leaf.path, (true, passed_on, in_test));
        }
        (end + 1).min(tokens.len())
    }

    /// A name brought into scope no longer means the crate of that name, unless it is that crate.
    fn bind(&mut self, leaf: &Leaf, rooted: bool) {
        let Some(name) = &leaf.name else { return };
        let first = leaf.path.first();
        let ours = first.is_some_and(|first| ["crate", "self", "super"].contains(&first.as_str()));
        if ours && !rooted {
            self.names.insert(name.clone());
        }
    }

    fn read_module(&mut self, tokens: &[TokenTree], at: usize, here: &[String], in_test: bool) -> usize {
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else { return at + 1 };
        let inside = [here, &[name.to_string()]].concat();
        self.names.insert(name.to_string());
        if in_test {
            self.test_modules.push(Module(inside.clone()));
        }
        match tokens.get(at + 2) {
            Some(TokenTree::Group(body)) => {
                self.walk(body.stream(), &inside, in_test);
                at + 3
            }
            _ => at + 2,
        }
    }

    fn read_path(&mut self, tokens: &[TokenTree], at: usize, rooted: bool, here: &[String], in_test: bool) -> usize {
        let mut path = Vec::new();
        let mut next = at;
        while let Some(TokenTree::Ident(part)) = tokens.get(next) {
            path.push(part.to_string());
            next += 1;
            if !(is_punct(tokens, next, ':') && is_punct(tokens, next + 1, ':')) {
                break;
            }
            next += 2;
        }
        let line = tokens[at].span().start().line;
        match path.as_slice() {
            [word] if word == "async" || word == "await" => {
                let target = Target::Keyword(if word == "async" { "async" } else { "await" });
                self.mentions.push(Mention { line, target, used: false, passed_on: false, in_test });
            }
            [] | [_] => {}
            _ => self.mention(line, here, rooted, path, (false, false, in_test)),
        }
        next.max(at + 1)
    }

    fn mention(&mut self, line: usize, here: &[String], rooted: bool, path: Vec<String>, flags: (bool, bool, bool)) {
        let target = self.target(here, rooted, path);
        let (used, passed_on, in_test) = flags;
        self.mentions.push(Mention { line, target, used, passed_on, in_test });
    }

    fn target(&self, here: &[String], rooted: bool, path: Vec<String>) -> Target {
        let root = self.module.root();
        let up = path.iter().take_while(|part| *part == "super" || *part == "self").count();
        match path[0].as_str() {
            "crate" => Target::Ours([&root[..], &path[1..]].concat()),
            "hagukumi" => Target::Ours(path[1..].to_vec()),
            "self" | "super" if !rooted => {
                let levels = path[..up].iter().filter(|part| *part == "super").count();
                let above = &here[..here.len().saturating_sub(levels)];
                Target::Ours([above, &path[up..]].concat())
            }
            _ => Target::Other { rooted, path },
        }
    }
}

/// The paths of a `use`, from its first token to before its semicolon.
fn read_tree(tokens: &[TokenTree], mut path: Vec<String>, leaves: &mut Vec<Leaf>) {
    let Some(first) = tokens.first() else { return };
    let line = first.span().start().line;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => return read_group(group, &path, leaves),
            TokenTree::Ident(word) if *word == "as" => {
                let name = tokens.get(at + 1).map(ToString::to_string);
                return leaves.push(Leaf { line, path, name });
            }
            TokenTree::Ident(word) if *word == "self" && !path.is_empty() && path.last().unwrap() != "super" => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            // What a glob brings into scope is everything below its path.
            TokenTree::Punct(star) if star.as_char() == '*' => return leaves.push(Leaf { line, path, name: None }),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    let name = path.last().cloned();
    leaves.push(Leaf { line, path, name });
}

fn read_group(group: &Group, path: &[String], leaves: &mut Vec<Leaf>) {
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    for part in inside.split(comma) {
        read_tree(part, path.to_vec(), leaves);
    }
}

/// Whether the `use` at this place is `pub` or `pub(crate)`; `pub(super)` stays in the room.
fn is_passed_on(tokens: &[TokenTree], at: usize) -> bool {
    match tokens[..at].last() {
        Some(TokenTree::Ident(word)) => *word == "pub",
        Some(TokenTree::Group(reach)) if at > 1 && is_ident(tokens, at - 2, "pub") => {
            reach.stream().to_string() == "crate"
        }
        _ => false,
    }
}

fn attribute(tokens: &[TokenTree], at: usize) -> Option<(&Group, usize)> {
    let at = if is_punct(tokens, at + 1, '!') { at + 2 } else { at + 1 };
    match tokens.get(at) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => Some((group, at + 1)),
        _ => None,
    }
}

fn is_cfg_test(attribute: &Group) -> bool {
    let text: String = attribute.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// Whether the two colons at this place begin a path, instead of going on after `Vec<u8>`.
fn begins_at_the_root(tokens: &[TokenTree], at: usize) -> bool {
    let goes_on = match at.checked_sub(1).map(|before| &tokens[before]) {
        Some(TokenTree::Punct(before)) => before.as_char() == '>' && !(at > 1 && is_punct(tokens, at - 2, '-')),
        _ => false,
    };
    is_punct(tokens, at + 1, ':') && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_))) && !goes_on
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => [';', ','].contains(&punct.as_char()),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

fn literals(tokens: TokenStream) -> Vec<String> {
    let of = |token| match token {
        TokenTree::Group(group) => literals(group.stream()),
        TokenTree::Literal(literal) => vec![literal.to_string()],
        _ => Vec::new(),
    };
    tokens.into_iter().flat_map(of).collect()
}

fn is_punct(tokens: &[TokenTree], at: usize, wanted: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_ident(tokens: &[TokenTree], at: usize, wanted: &str) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Ident(word)) if *word == wanted)
}

fn line(word: &Ident) -> usize {
    word.span().start().line
}
