package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// makeCertificates makes a certificate for 127.0.0.1 and server.test and one for a client, each signed by an authority of
// their own. It writes what a client needs, ca.pem and client.pem with its key, and what other servers need: server.pem
// and self-signed.pem, the authority's own, with their keys.
func makeCertificates(folder string) (*tls.Config, error) {
	authority, err := newCertificate("authority", nil)
	if err != nil {
		return nil, err
	}
	server, err := newCertificate("server", authority)
	if err != nil {
		return nil, err
	}
	client, err := newCertificate("client", authority)
	if err != nil {
		return nil, err
	}
	if err := writePEM(filepath.Join(folder, "ca.pem"), authority, false); err != nil {
		return nil, err
	}
	if err := writePEM(filepath.Join(folder, "client.pem"), client, true); err != nil {
		return nil, err
	}
	if err := writePEM(filepath.Join(folder, "server.pem"), server, true); err != nil {
		return nil, err
	}
	if err := writePEM(filepath.Join(folder, "self-signed.pem"), authority, true); err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority.Leaf)
	return &tls.Config{Certificates: []tls.Certificate{*server}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}, nil
}

func newCertificate(name string, issuer *tls.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:              []string{"server.test"},
		IsCA:                  issuer == nil,
		BasicConstraintsValid: true,
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.Leaf, issuer.PrivateKey.(*ecdsa.PrivateKey)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

func writePEM(path string, certificate *tls.Certificate, withKey bool) error {
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	if withKey {
		key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
		if err != nil {
			return err
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	}
	return os.WriteFile(path, text, 0o600)
}
