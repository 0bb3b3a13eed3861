//! Names of images and digests of registries: which name can be asked for, and whether what is here is what is there.
//! Pure.

use super::model::Image;

/// Registries allow 255 for the name and 128 for the tag.
const NAME_BYTES_MAX: usize = 400;
const TAG: &str = "latest";

/// Fit to stand in a request: a reference or an id, nothing that would end the address early.
pub fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"._/:@-".contains(&b);
    !text.is_empty()
        && text.len() <= NAME_BYTES_MAX
        && text.bytes().all(fits)
        && !text.contains("..")
        && text.as_bytes()[0].is_ascii_alphanumeric()
}

/// Fixed to one content for ever: by a digest, or by an image's id.
pub fn is_pinned(name: &str) -> bool {
    name.contains('@') || name.starts_with("sha256:")
}

/// Name and tag; without a tag it is "latest". The colon of a registry's port is no tag's.
pub fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once(':') {
        Some((repo, tag)) if !tag.contains('/') => (repo, tag),
        _ => (name, TAG),
    }
}

/// Whether this image is the one that registries have under that digest. `None`: it never came from a registry.
pub fn has(image: &Image, digest: &str) -> Option<bool> {
    if image.digests.is_empty() {
        return None;
    }
    Some(image.digests.iter().any(|known| known.split_once('@').is_some_and(|(_, known)| known == digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_their_tag_and_hostile_ones_are_no_names() {
        for (name, want) in [
            ("nginx", ("nginx", "latest")),
            ("nginx:1.27", ("nginx", "1.27")),
            ("localhost:5000/app", ("localhost:5000/app", "latest")),
            ("localhost:5000/app:2", ("localhost:5000/app", "2")),
        ] {
            assert_eq!(split(name), want);
        }
        assert!(is_pinned("nginx@sha256:abc") && is_pinned("sha256:abc") && !is_pinned("nginx:1"));
        for hostile in ["", "a b", "x/../y", "a?b", "a\r\nHost: x", "-x", "/x"] {
            assert!(!is_name(hostile), "{hostile:?}");
        }
        assert!(is_name("registry.example.org:5000/team/app:2.4_rc-1@sha256:abc"));
    }

    #[test]
    fn the_same_digest_under_any_name_is_the_same_image() {
        let image = |digests: &[&str]| Image {
            id: "sha256:1".into(),
            tags: Vec::new(),
            created: None,
            size: 0,
            digests: digests.iter().map(|digest| (*digest).to_owned()).collect(),
        };
        let known = image(&["nginx@sha256:a", "mirror/nginx@sha256:b"]);
        assert_eq!(has(&known, "sha256:b"), Some(true));
        assert_eq!(has(&known, "sha256:c"), Some(false));
        assert_eq!(has(&image(&[]), "sha256:c"), None, "built here");
    }
}
