//! hagukumi (はぐくみ): a server that lets a municipality's LINE account accompany a family from
//! week 4 of pregnancy to the third birthday.
//!
//! ```text
//! LINE ─POST─▶ http ─▶ line::signature ─▶ inbox::receive ─▶ [webhook_event] ─▶ 200
//!                                                                │
//!                                       inbox::process ◀─────────┘   one lane per (account, user), in order
//!                                             │
//!                             domain::conversation::step          pure: state + input + facts → state + effects
//!                                             │
//!              store: ONE transaction            event done · conversation · children · next_due_at · [delivery] rows
//!                                             │ after commit: hints only
//!                  timers (wake-up index; never the truth)
//!                                             │ due readers
//!                  delivery::plan: ONE transaction               [delivery] rows leased · next_due_at moved on
//!                                             │
//!                  delivery::send: compose (pure) ▶ pace ▶ push or reply ▶ record (transaction)
//!                                             │
//!                                       line::client ─▶ LINE
//! ```
//!
//! **Decide purely, commit once, then act.** Nothing points back; whatever a crash interrupts is
//! found again from the database alone.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | account | one LINE official account (channel) of one municipality, clinic or company |
//! | reader 読者 | one LINE user who follows an account: locale, standing, conversation |
//! | child 子 | one expected or born child: nickname, dates, journey, version. Twins are two |
//! | follow edge 続柄 | reader × child: role, registrant, own stop |
//! | pack 原稿集 | manuscripts of one series and locale with their own cadence; its revision is a hash |
//! | slot | the moment a manuscript belongs to; a key that never depends on the calendar: `day/37` |
//! | municipal text 自治体情報 | second layer: rides on a delivery day in its range, makes no days |
//! | delivery | one thing that leaves for one reader; one row, one purpose, one retry key |
//! | purpose | `daily/<civil day>`, `answer/<event id>` |
//! | turn | version of a reader's conversation; an answer of an older turn does nothing |
//! | menu | the picture with areas under the chat; a page of a set, for the readers of a stage |
//! | stage | a part of a reader's way that has its menu: 未登録, 妊娠期, 子育て期, やすみ・お別れ後 |
//! | lane | (account, user): events of one lane are decided one by one |
//!
//! # Rooms
//!
//! Each technology has one room; `tests/architecture.rs` holds the walls between them.

pub mod app;
pub mod clock;
pub mod commands;
pub mod config;
pub mod content;
pub mod delivery;
pub mod domain;
pub mod fail;
pub mod http;
pub mod inbox;
pub mod line;
pub mod logging;
pub mod menu;
pub mod picture;
pub mod simulator;
pub mod store;
pub mod timers;
