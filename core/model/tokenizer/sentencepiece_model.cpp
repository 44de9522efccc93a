#include "core/model/tokenizer/sentencepiece_model.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>

namespace vitrine::model
{
namespace
{

// One field of a Protocol Buffers message: a number, or the bytes of a text, a message or a float.
struct ProtoField {
    std::uint64_t number = 0;
    std::uint64_t value = 0;
    std::string_view bytes = {};

    bool isTrue() const { return value != 0; }
    float real() const
    {
        float read = 0;
        if (bytes.size() == sizeof read)
            std::memcpy(&read, bytes.data(), sizeof read);
        return read;
    }
};

std::optional<std::uint64_t> takeVarint(std::string_view& bytes)
{
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    return {};
}

std::optional<ProtoField> takeProtoField(std::string_view& bytes)
{
    const auto tag = takeVarint(bytes);
    if (!tag)
        return {};
    ProtoField field{.number = *tag >> 3};
    const unsigned wire = *tag & 7;
    if (wire != 0 && wire != 1 && wire != 2 && wire != 5)
        return {};
    std::optional<std::uint64_t> value = wire == 1 ? 8 : 4;
    if (wire == 0 || wire == 2)
        value = takeVarint(bytes);
    if (!value || (wire != 0 && *value > bytes.size()))
        return {};
    if (wire == 0) {
        field.value = *value;
        return field;
    }
    field.bytes = bytes.substr(0, static_cast<std::size_t>(*value));
    bytes.remove_prefix(static_cast<std::size_t>(*value));
    return field;
}

// False where the bytes are no message.
bool forEachField(std::string_view message, const std::function<bool(const ProtoField&)>& use)
{
    while (!message.empty()) {
        const auto field = takeProtoField(message);
        if (!field || !use(*field))
            return false;
    }
    return true;
}

bool readPiece(std::string_view message, SentencePieceModel& model)
{
    ScoredPiece& piece = model.pieces.emplace_back();
    return forEachField(message, [&](const ProtoField& field) {
        if (field.number == 1)
            piece.text = field.bytes;
        if (field.number == 2)
            piece.score = field.real();
        if (field.number == 3)
            piece.kind = static_cast<ScoredPiece::Kind>(field.value - 1);
        return field.number != 3 || (field.value >= 1 && field.value <= 6);
    });
}

bool readTrainer(std::string_view message, SentencePieceModel& model)
{
    return forEachField(message, [&](const ProtoField& field) {
        if (field.number == 3)
            model.kind = static_cast<SentencePieceModel::Kind>(field.value);
        if (field.number == 24)
            model.hasSpacesBehind = field.isTrue();
        return field.number != 3 || (field.value >= 1 && field.value <= 4);
    });
}

bool readNormalizer(std::string_view message, SentencePieceModel& model)
{
    return forEachField(message, [&](const ProtoField& field) {
        if (field.number == 2)
            model.normalizes = !field.bytes.empty();
        if (field.number == 3)
            model.addsPrefix = field.isTrue();
        if (field.number == 4)
            model.joinsSpaces = field.isTrue();
        if (field.number == 5)
            model.escapesSpaces = field.isTrue();
        return true;
    });
}

} // namespace

Result<SentencePieceModel> parseSentencePieceModel(std::string_view bytes)
{
    SentencePieceModel model;
    const bool isRead = forEachField(bytes, [&](const ProtoField& field) {
        if (field.number == 1)
            return readPiece(field.bytes, model);
        if (field.number == 2)
            return readTrainer(field.bytes, model);
        return field.number != 3 || readNormalizer(field.bytes, model);
    });
    if (!isRead)
        return inputError("it is not a sentencepiece model");
    return model;
}

} // namespace vitrine::model
