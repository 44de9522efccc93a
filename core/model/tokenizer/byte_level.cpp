#include "core/model/tokenizer/byte_level.h"

#include "core/model/tokenizer/utf8.h"

#include <array>

namespace vitrine::model
{
namespace
{

struct Tables {
    std::array<std::string, 256> characterOf;
    std::array<int, 324> byteOf{}; // 256 + 68 characters; -1: none

    Tables()
    {
        byteOf.fill(-1);
        char32_t substitute = 256;
        for (int byte = 0; byte < 256; ++byte) {
            const bool printable =
                (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
            const char32_t character = printable ? static_cast<char32_t>(byte) : substitute++;
            appendCharacter(characterOf[static_cast<std::size_t>(byte)], character);
            byteOf[character] = byte;
        }
    }
};

const Tables& tables()
{
    static const Tables made;
    return made;
}

} // namespace

std::string bytesToCharacters(std::string_view bytes)
{
    std::string text;
    for (const char byte : bytes)
        text += tables().characterOf[static_cast<unsigned char>(byte)];
    return text;
}

std::optional<std::string> charactersToBytes(std::string_view text)
{
    std::string bytes;
    for (std::size_t i = 0; i < text.size();) {
        const char32_t character = nextCharacter(text, i);
        const int byte = character < tables().byteOf.size() ? tables().byteOf[character] : -1;
        if (byte < 0)
            return {};
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

} // namespace vitrine::model
