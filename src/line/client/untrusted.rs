//! A host that shows a certificate which nobody vouches for: nothing is sent to it, and nothing is given up for it.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::tests::{line, push};

/// Of `localhost`, signed by itself, good until 2126; made for this test and used for nothing else.
const CERTIFICATE: &str = "MIIBnDCCAUGgAwIBAgIUHYXxjpZpruVqvRAoC5C22LV/f/swCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2\
    MTEyMjA5MzMxMVoYDzIxMjYxMDI5MDkzMzExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\
    AARlkifxcjhsxF7PC/y6DlQZCU1iAJTeCPWvP2nKaLylCQ66uQ3oscNLzkqYjKroD+XrOHvqJbJ41Hd9aBC6K5Wpo28wbTAdBgNV\
    HQ4EFgQUEpw2LKw6FBt1lL0KZNWb6uvjfdIwHwYDVR0jBBgwFoAUEpw2LKw6FBt1lL0KZNWb6uvjfdIwDwYDVR0TAQH/BAUwAwEB\
    /zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwIDSQAwRgIhAISIoVFakm/OXCnzfJp8T1qCSpchixL0ymeG\
    Ig7PEAidAiEAtCkc2wZMGuaMRMqVlAYfaVCA5vkQVBKtPYx+TZRT0NE=";
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnCvACQq5BFy1ehSgSou/6trmyRvWS0whWN24L1LFSf6hRANCAARl\
    kifxcjhsxF7PC/y6DlQZCU1iAJTeCPWvP2nKaLylCQ66uQ3oscNLzkqYjKroD+XrOHvqJbJ41Hd9aBC6K5Wp";

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

/// Its address, and for each connection what it could read, or that there was nothing to read.
fn host() -> (String, Receiver<Option<String>>) {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(bytes(CERTIFICATE))],
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(bytes(KEY))),
        )
        .unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (told, read) = channel();
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let mut safe = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), connection);
            let mut buffer = [0; 1_024];
            let heard = safe.read(&mut buffer).ok().filter(|count| *count > 0);
            let heard = heard.map(|count| String::from_utf8_lossy(&buffer[..count]).into_owned());
            if told.send(heard).is_err() {
                return;
            }
        }
    });
    (url, read)
}

#[tokio::test]
async fn a_host_whose_certificate_nobody_vouches_for_is_sent_nothing_however_often_it_is_tried() {
    let (url, read) = host();
    let line = line(&url);
    for _ in 0..3 {
        let why = push(&line).await.unwrap_err();
        assert_eq!(why.class(), "not_sent", "{why:?}");
        assert_eq!(read.recv().unwrap(), None, "not a word of the request");
    }
}
