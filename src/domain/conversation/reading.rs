//! Reading what people type: dates in every spelling, yes and no, commands, nicknames.
