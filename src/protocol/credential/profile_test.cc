#include "protocol/credential/profile.h"

#include "gtest/gtest.h"

namespace signet::credential {
namespace {

using crypto::Alg;

TEST(WitProfile, EveryEntryStandsAtItsOwnPlace) {
  for (const WitProfileInfo& info : kWitProfiles) {
    EXPECT_EQ(&InfoOf(info.profile), &info) << info.name;
    EXPECT_EQ(WitProfileFromName(info.name), info.profile);
  }
  for (const char* name : {"", "WIMSE", "wimse ", "jwt-svid"}) {
    EXPECT_FALSE(WitProfileFromName(name).has_value()) << name;
  }
}

TEST(WitProfile, SpiffeIsTheStricterOne) {  // WSVID-1, Q1, Q8, Q9
  const WitProfileInfo& wimse = InfoOf(WitProfile::kWimse);
  const WitProfileInfo& spiffe = InfoOf(WitProfile::kSpiffe);
  EXPECT_TRUE(spiffe.kid_required && spiffe.exact_typ && spiffe.aud_forbidden &&
              spiffe.spiffe_subject_required);
  EXPECT_FALSE(wimse.kid_required || wimse.exact_typ || wimse.aud_forbidden ||
               wimse.spiffe_subject_required);
  for (const Alg alg : {Alg::kEdDSA, Alg::kEd25519}) {
    EXPECT_TRUE(wimse.algs.Has(alg));
    EXPECT_FALSE(spiffe.algs.Has(alg));
  }
  EXPECT_TRUE(wimse.algs.Has(Alg::kES256) && spiffe.algs.Has(Alg::kES256));  // WIT-3
}

TEST(WptRevision, EveryEntryStandsAtItsOwnPlace) {
  for (const WptRevisionInfo& info : kWptRevisions) {
    EXPECT_EQ(&InfoOf(info.revision), &info) << info.name;
    EXPECT_EQ(WptRevisionFromName(info.name), info.revision);
  }
  for (const char* name : {"", "02", "wpt-2", "WPT-02", "wpt-03"}) {
    EXPECT_FALSE(WptRevisionFromName(name).has_value()) << name;
  }
}

TEST(WptRevision, TheNewestIsTheDefault) {
  EXPECT_EQ(kDefaultWptRevision, WptRevision::k02);
  const WptRevisionInfo& new_one = InfoOf(WptRevision::k02);
  EXPECT_EQ(new_one.proof_field, "Authorization");  // WPT-4
  EXPECT_EQ(new_one.auth_scheme, "WPT");
  EXPECT_FALSE(new_one.has_ath);            // WPT-3
  EXPECT_EQ(new_one.rejected_status, 401);  // WPT-8
  EXPECT_TRUE(new_one.challenge);
  const WptRevisionInfo& old_one = InfoOf(WptRevision::k01);
  EXPECT_EQ(old_one.proof_field, "Workload-Proof-Token");
  EXPECT_TRUE(old_one.has_ath);
  EXPECT_EQ(old_one.rejected_status, 400);
  EXPECT_FALSE(old_one.challenge);
}

TEST(Names, AreThoseOfTheDocuments) {  // WIT-1, WIT-6, WPT-1
  EXPECT_EQ(kWitField, "Workload-Identity-Token");
  EXPECT_EQ(kWitTyp, "wit+jwt");
  EXPECT_EQ(kWptTyp, "wpt+jwt");
  EXPECT_EQ(kTxnTokenField, "Txn-Token");
}

}  // namespace
}  // namespace signet::credential
