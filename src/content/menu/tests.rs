//! What files of menus may say.

