#include "core/model/checkpoint/packed_codes.h"

#include "core/base/json.h"
#include "core/base/json_fields.h"
#include "core/tensor/printable.h"

#include <fmt/ranges.h>

#include <array>
#include <cstring>

namespace vitrine::model
{
namespace
{

using kernels::BinaryCodes;
using kernels::PowerTerm;
using kernels::ScaleForm;

constexpr std::string_view kCodesKey = "vitrine.codes:";
constexpr int kCodesVersion = 1;
constexpr std::int64_t kMostSide = (std::int64_t{1} << 31) - 1;
constexpr std::array<std::pair<ScaleForm, std::string_view>, 3> kScaleForms = {
    {{ScaleForm::floats, "floats"}, {ScaleForm::powers, "powers"}, {ScaleForm::grid, "grid"}}};

std::string_view formName(ScaleForm form)
{
    for (const auto& [value, name] : kScaleForms)
        if (value == form)
            return name;
    return {};
}

// One packed matrix of a file.
class CodesReader
{
public:
    CodesReader(const Safetensors& file, const std::string& name)
        : file_(file),
          name_(name),
          place_(
              fmt::format("the packed matrix \"{}\" of {}", printable(name), file.path().string()))
    {
    }

    Result<BinaryCodes> read(const std::string& description)
    {
        VITRINE_CHECK(readDescription(description));
        VITRINE_TRY(
            const TensorView codes,
            tensor("codes", DType::u8, {codes_.planes, codes_.outputs, codes_.codeBytes()}));
        codes_.codes = {reinterpret_cast<const std::uint8_t*>(codes.bytes.data()),
                        codes.bytes.size()};
        VITRINE_CHECK(readScales());
        if (const auto checked = kernels::checkCodes(codes_); !checked)
            return inputError("{}: {}", place_, checked.error().message);
        return std::move(codes_);
    }

private:
    Result<void> readDescription(const std::string& text)
    {
        const auto json = parseJson(text, place_);
        if (!json)
            return tl::unexpected(json.error());
        if (!json->is_object())
            return inputError("{}: its description in the metadata is no JSON object", place_);
        JsonFields fields(*json, place_);
        const auto version = fields.integer("version", 0, 1 << 20);
        codes_.planes = static_cast<int>(fields.integer("planes", 1, 8));
        codes_.outputs = fields.integer("outputs", 1, kMostSide);
        codes_.inputs = fields.integer("inputs", 1, kMostSide);
        codes_.groupRows = fields.integer("group_rows", 1, kMostSide);
        codes_.groupColumns = fields.integer("group_columns", 1, kMostSide);
        const std::string form = fields.neededText("form");
        codes_.termsPerScale = static_cast<int>(fields.integer("terms", 1, 4));
        VITRINE_CHECK(fields.done());
        if (version != kCodesVersion)
            return inputError("{} is of version {}; version {} can be read", place_, version,
                              kCodesVersion);
        fields.refuseOthers();
        VITRINE_CHECK(fields.done());
        VITRINE_CHECK(readForm(form));
        for (const char* key : {"planes", "outputs", "inputs", "group_rows", "group_columns"})
            if (!json->contains(key))
                return inputError("{}: its description lacks \"{}\"", place_, key);
        const bool isPowers = codes_.form == ScaleForm::powers;
        if (json->contains("terms") != isPowers)
            return inputError(
                "{}: its description {} \"terms\", which go with the form \"powers\"; "
                "it has \"{}\"",
                place_, isPowers ? "lacks" : "has", form);
        if (!isPowers)
            codes_.termsPerScale = 0;
        return {};
    }

    Result<void> readForm(const std::string& form)
    {
        for (const auto& [value, name] : kScaleForms)
            if (name == form) {
                codes_.form = value;
                return {};
            }
        return inputError("{}: scales as \"{}\" are not known; floats, powers and grid are", place_,
                          printable(form));
    }

    Result<TensorView> tensor(const char* part, DType type, const std::vector<std::int64_t>& shape)
    {
        const std::string full = name_ + "." + part;
        VITRINE_TRY(TensorView view, file_.tensor(full));
        if (view.type != type || view.shape != shape)
            return inputError("{}: tensor \"{}\" is {} [{}], {} [{}] expected", place_,
                              printable(full), dtypeName(view.type), fmt::join(view.shape, ", "),
                              dtypeName(type), fmt::join(shape, ", "));
        return view;
    }

    Result<void> readScales()
    {
        const std::int64_t rows = codes_.rowGroups(), columns = codes_.columnGroups();
        const std::vector<std::int64_t> perPlane = {codes_.planes, rows, columns};
        if (codes_.form == ScaleForm::floats) {
            VITRINE_TRY(const TensorView scales, tensor("scales", DType::f16, perPlane));
            codes_.scales = toFloat(scales);
        } else if (codes_.form == ScaleForm::powers) {
            auto shape = perPlane;
            shape.push_back(codes_.termsPerScale);
            VITRINE_TRY(const TensorView terms, tensor("terms", DType::u8, shape));
            for (const std::byte byte : terms.bytes)
                codes_.terms.push_back(PowerTerm::ofByte(static_cast<std::uint8_t>(byte)));
            kernels::scalesFromTerms(codes_);
        } else {
            VITRINE_TRY(const TensorView steps, tensor("steps", DType::f16, {rows, columns}));
            if (file_.has(name_ + ".zeros")) {
                VITRINE_TRY(const TensorView zeros, tensor("zeros", DType::u8, {rows, columns}));
                codes_.zeros.resize(zeros.bytes.size());
                std::memcpy(codes_.zeros.data(), zeros.bytes.data(), zeros.bytes.size());
            }
            kernels::scalesFromSteps(codes_, toFloat(steps));
        }
        return {};
    }

    const Safetensors& file_;
    const std::string& name_;
    std::string place_;
    BinaryCodes codes_;
};

} // namespace

std::vector<std::string> packedTensorNames(const std::string& name, const BinaryCodes& codes)
{
    switch (codes.form) {
    case ScaleForm::floats:
        return {name + ".codes", name + ".scales"};
    case ScaleForm::powers:
        return {name + ".codes", name + ".terms"};
    case ScaleForm::grid:
        break;
    }
    if (codes.zeros.empty())
        return {name + ".codes", name + ".steps"};
    return {name + ".codes", name + ".steps", name + ".zeros"};
}

Result<std::map<std::string, BinaryCodes>> readPackedCodes(const Safetensors& file)
{
    std::map<std::string, BinaryCodes> packed;
    for (const auto& [key, description] : file.metadata()) {
        if (!key.starts_with(kCodesKey))
            continue;
        const std::string name = key.substr(kCodesKey.size());
        if (file.has(name))
            return inputError("{} holds \"{}\" twice: packed, and as a tensor",
                              file.path().string(), printable(name));
        VITRINE_TRY(BinaryCodes codes, CodesReader(file, name).read(description));
        packed.emplace(name, std::move(codes));
    }
    return packed;
}

Result<void> PackedWriter::add(const std::string& name, const BinaryCodes& codes)
{
    VITRINE_CHECK(kernels::checkCodes(codes));
    Json description{{"version", kCodesVersion},      {"planes", codes.planes},
                     {"outputs", codes.outputs},      {"inputs", codes.inputs},
                     {"group_rows", codes.groupRows}, {"group_columns", codes.groupColumns},
                     {"form", formName(codes.form)}};
    if (codes.form == ScaleForm::powers)
        description["terms"] = codes.termsPerScale;
    metadata_[fmt::format("{}{}", kCodesKey, name)] = dumpJson(description);

    tensors_.push_back({name + ".codes",
                        {DType::u8,
                         {codes.planes, codes.outputs, codes.codeBytes()},
                         std::as_bytes(codes.codes)}});
    const std::int64_t rows = codes.rowGroups(), columns = codes.columnGroups();
    if (codes.form == ScaleForm::floats) {
        addHalves(name + ".scales", {codes.planes, rows, columns}, codes.scales);
    } else if (codes.form == ScaleForm::powers) {
        std::vector<std::uint8_t> bytes;
        for (const PowerTerm term : codes.terms)
            bytes.push_back(term.byte());
        addBytes(name + ".terms", {codes.planes, rows, columns, codes.termsPerScale},
                 std::move(bytes));
    } else {
        addHalves(name + ".steps", {rows, columns}, kernels::stepsOf(codes));
        if (!codes.zeros.empty())
            addBytes(name + ".zeros", {rows, columns}, codes.zeros);
    }
    return {};
}

void PackedWriter::addBytes(const std::string& name, std::vector<std::int64_t> shape,
                            std::vector<std::uint8_t> bytes)
{
    kept_.push_back(std::move(bytes));
    tensors_.push_back(
        {name, {DType::u8, std::move(shape), std::as_bytes(std::span(kept_.back()))}});
}

void PackedWriter::addHalves(const std::string& name, std::vector<std::int64_t> shape,
                             std::span<const float> values)
{
    std::vector<std::uint8_t> bytes;
    for (const float value : values) {
        const std::uint16_t half = toHalf(value);
        bytes.push_back(static_cast<std::uint8_t>(half & 0xff));
        bytes.push_back(static_cast<std::uint8_t>(half >> 8));
    }
    kept_.push_back(std::move(bytes));
    tensors_.push_back(
        {name, {DType::f16, std::move(shape), std::as_bytes(std::span(kept_.back()))}});
}

} // namespace vitrine::model
