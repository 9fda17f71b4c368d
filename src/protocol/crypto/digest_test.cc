#include "protocol/crypto/digest.h"

#include <string>

#include "gtest/gtest.h"

#include "protocol/crypto/testdata/test_support.h"

namespace signet::crypto {
namespace {

using testing_support::ToHex;

struct Vector {
  std::string_view message;
  std::string_view sha256;
  std::string_view sha384;
  std::string_view sha512;
};

// FIPS 180-4 examples ("abc", the two-block message) and the empty message.
const Vector kVectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b"
     "9"
     "5b",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877ee"
     "c"
     "2f63b931bd47417a81a538327af927da3e"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c82"
     "5"
     "a7",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "b"
     "bd454d4423643ce80e2a9ac94fa54ca49f"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
     "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6b0455a8520bc4e6f5fe95b1fe3c84"
     "5"
     "2b",
     "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c33596fd15c13b1b07f9aa1d3bea57789"
     "c"
     "a031ad85c7a71dd70354ec631238ca3445"},
};

TEST(Digest, AgreesWithFips180) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(ToHex(Sha256(AsBytes(vector.message))), vector.sha256);
    EXPECT_EQ(ToHex(Sha384(AsBytes(vector.message))), vector.sha384);
    EXPECT_EQ(ToHex(Sha512(AsBytes(vector.message))), vector.sha512);
  }
}

// `Stream` in pieces of many sizes, against the digest of the whole by EVP.
template <typename Stream>
void ExpectPiecesAreTheWhole(const EVP_MD* md) {
  const std::string text(1000, 'a');
  decltype(Stream().Finish()) expected;
  ASSERT_EQ(EVP_Digest(text.data(), text.size(), expected.data(), nullptr, md, nullptr), 1);
  for (const std::size_t piece : {1U, 3U, 63U, 64U, 65U, 127U, 128U, 129U, 999U, 1000U}) {
    Stream stream;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      stream.Update(AsBytes(std::string_view(text).substr(at, piece)));
    }
    stream.Update({});
    EXPECT_EQ(stream.Finish(), expected) << piece;
  }
}

TEST(Digest, StreamOfPiecesIsTheDigestOfTheWhole) {
  ExpectPiecesAreTheWhole<Sha256Stream>(EVP_sha256());
  ExpectPiecesAreTheWhole<Sha512Stream>(EVP_sha512());
  EXPECT_EQ(ToHex(Sha256Stream().Finish()), kVectors[0].sha256);
  EXPECT_EQ(ToHex(Sha512Stream().Finish()), kVectors[0].sha512);
}

template <typename Stream>
void ExpectStreamsAreApart(std::string_view expected) {
  Stream a;
  Stream b;
  a.Update(AsBytes("ab"));
  b.Update(AsBytes("x"));
  Stream copy = a;
  a.Update(AsBytes("c"));
  copy.Update(AsBytes("c"));
  EXPECT_EQ(ToHex(a.Finish()), expected);
  EXPECT_EQ(ToHex(copy.Finish()), expected);
}

TEST(Digest, StreamsDoNotShareState) {
  ExpectStreamsAreApart<Sha256Stream>(kVectors[1].sha256);
  ExpectStreamsAreApart<Sha512Stream>(kVectors[1].sha512);
}

}  // namespace
}  // namespace signet::crypto
