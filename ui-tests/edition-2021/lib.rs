//! The cases of `pass/` again, as the users of edition 2021 write them: a case is compiled in the edition of the package
//! that its test is in.
