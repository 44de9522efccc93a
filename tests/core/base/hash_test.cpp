#include "core/base/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace vitrine
{
namespace
{

std::string hashOf(const std::string& text)
{
    return sha256(std::as_bytes(std::span(text)));
}

// The examples of FIPS 180-4.
TEST(Sha256, AgreesWithTheStandard)
{
    EXPECT_EQ(hashOf(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hashOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hashOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hashOf(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesArrive)
{
    const std::string text(300, 'x');
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const auto bytes = std::as_bytes(std::span(text)).first(length);
        Sha256 pieces;
        for (std::size_t at = 0; at < length; at += 7)
            pieces.add(bytes.subspan(at, std::min<std::size_t>(7, length - at)));
        EXPECT_EQ(pieces.hex(), sha256(bytes)) << length;
    }
}

TEST(NewUid, Is128BitsOfHexadecimalDigits)
{
    const std::string uid = newUid();

    EXPECT_EQ(uid.size(), 32u);
    EXPECT_EQ(uid.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(uid, newUid());
}

} // namespace
} // namespace vitrine
