#include "core/model/tokenizer/tokenizer_json_reader.h"

#include "core/base/json.h"
#include "core/tensor/printable.h"

namespace vitrine::model
{
namespace
{

constexpr std::size_t kDepthLimit = 64, kValueLimit = 2'000'000, kKeyLimit = 256;

class Reader : public nlohmann::json_sax<Json>
{
public:
    TokenizerParts parts;
    std::string problem;

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return number(value); }
    bool number_unsigned(number_unsigned_t value) override
    {
        return number(value > (std::uint64_t{1} << 62) ? std::int64_t{-1}
                                                       : static_cast<std::int64_t>(value));
    }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool binary(binary_t&) override { return refuse("a value is binary"); }
    bool string(string_t& text) override
    {
        if (place_ == Place::merges)
            return addMerge(text);
        if (place_ == Place::pair)
            return addHalf(text);
        return add(std::move(text));
    }
    bool key(string_t& name) override
    {
        if (place_ == Place::vocabulary) {
            if (parts.vocabulary.size() == kVocabularyLimit)
                return refuse(
                    fmt::format("the vocabulary has more than {} tokens", kVocabularyLimit));
            key_ = std::move(name);
            return fits(key_);
        }
        Json& object = *stack_.back();
        if (object.size() == kKeyLimit || (object.contains(name) && !postponed(name)))
            return refuse(
                fmt::format("the key \"{}\" {}", printable(name),
                            object.size() == kKeyLimit ? "is one too many" : "occurs twice"));
        if (postponed(name) && !(name == "vocab" ? vocabularySeen_ : mergesSeen_).insert())
            return refuse(fmt::format("the key \"{}\" occurs twice", printable(name)));
        key_ = std::move(name);
        return true;
    }
    bool start_object(std::size_t) override
    {
        if (place_ == Place::rest && inModel() && key_ == "vocab") {
            place_ = Place::vocabulary;
            return true;
        }
        return push(Json::object());
    }
    bool end_object() override
    {
        if (place_ == Place::vocabulary)
            place_ = Place::rest;
        else
            stack_.pop_back();
        return true;
    }
    bool start_array(std::size_t) override
    {
        if (place_ == Place::rest && inModel() && key_ == "merges") {
            place_ = Place::merges;
            return true;
        }
        if (place_ == Place::merges) {
            place_ = Place::pair;
            halves_ = 0;
            return true;
        }
        return push(Json::array());
    }
    bool end_array() override
    {
        if (place_ == Place::pair) {
            place_ = Place::merges;
            return halves_ == 2 ||
                   refuse(fmt::format("merge {} is not a pair of tokens", parts.left.size()));
        }
        if (place_ == Place::merges)
            place_ = Place::rest;
        else
            stack_.pop_back();
        return true;
    }
    bool parse_error(std::size_t at, const std::string&,
                     const nlohmann::detail::exception&) override
    {
        return refuse(fmt::format("it is not valid JSON near byte {}", at));
    }

private:
    enum class Place { rest, vocabulary, merges, pair };
    struct Once {
        bool seen = false;
        bool insert() { return !std::exchange(seen, true); }
    };

    bool refuse(std::string why)
    {
        if (problem.empty())
            problem = std::move(why);
        return false;
    }
    bool inModel() const { return stack_.size() == 2 && modelKey_ && stack_.back()->is_object(); }
    bool postponed(std::string_view name) const
    {
        return inModel() && (name == "vocab" || name == "merges");
    }
    bool fits(std::string_view token)
    {
        return token.size() <= kTokenBytesLimit ||
               refuse(fmt::format("the token \"{}\" has {} bytes, at most {} are allowed",
                                  printable(token), token.size(), kTokenBytesLimit));
    }
    bool number(std::int64_t value)
    {
        if (place_ != Place::vocabulary)
            return add(value);
        parts.vocabulary.add(key_);
        parts.ids.push_back(value);
        return true;
    }
    // Puts a value where the stack says; nullptr where it does not belong there.
    Json* put(Json value)
    {
        if (place_ != Place::rest) {
            refuse(place_ == Place::vocabulary
                       ? fmt::format("token \"{}\" has no whole number as its id", printable(key_))
                       : fmt::format("merge {} is neither a text nor a pair", parts.left.size()));
            return nullptr;
        }
        if (++values_ > kValueLimit) {
            refuse(fmt::format("it has more than {} values besides vocabulary and merges",
                               kValueLimit));
            return nullptr;
        }
        if (stack_.empty()) {
            parts.rest = std::move(value);
            return &parts.rest;
        }
        Json& parent = *stack_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        return &(parent[key_] = std::move(value));
    }
    bool add(Json value) { return put(std::move(value)) != nullptr; }
    bool push(Json container)
    {
        const bool model = stack_.size() == 1 && key_ == "model" && container.is_object();
        if (stack_.size() == kDepthLimit)
            return refuse(fmt::format("it is nested deeper than {} levels", kDepthLimit));
        Json* placed = put(std::move(container));
        if (!placed)
            return false;
        if (stack_.size() == 1)
            modelKey_ = model;
        stack_.push_back(placed);
        return true;
    }
    bool countMerge()
    {
        return parts.left.size() < kMergeLimit ||
               refuse(fmt::format("it has more than {} merges", kMergeLimit));
    }
    bool addMerge(const std::string& text)
    {
        const auto space = text.find(' ');
        if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
            return refuse(fmt::format("merge \"{}\" is not two tokens with a space between them",
                                      printable(text)));
        const std::string_view both = text;
        if (!fits(both.substr(0, space)) || !fits(both.substr(space + 1)) || !countMerge())
            return false;
        parts.left.add(both.substr(0, space));
        parts.right.add(both.substr(space + 1));
        return true;
    }
    bool addHalf(const std::string& text)
    {
        if (halves_ == 2 || !fits(text) || (halves_ == 0 && !countMerge()))
            return refuse(fmt::format("merge {} is not a pair of tokens", parts.left.size()));
        (halves_++ == 0 ? parts.left : parts.right).add(text);
        return true;
    }

    Place place_ = Place::rest;
    std::vector<Json*>
        stack_; // containers that are open; a parent gains no member while a child is
    std::string key_;
    std::size_t values_ = 0;
    bool modelKey_ = false; // whether the second level is "model"
    int halves_ = 0;
    Once vocabularySeen_, mergesSeen_;
};

} // namespace

Result<TokenizerParts> readTokenizerJson(std::string_view text, std::string_view name)
{
    const auto refuse = [name](std::string_view why) {
        return inputError("cannot read {}: {}", printableName(name), why);
    };
    if (text.find('\0') != std::string_view::npos)
        return refuse("it holds a zero byte");
    Reader reader;
    if (!Json::sax_parse(text.begin(), text.end(), &reader))
        return refuse(reader.problem);
    if (!reader.parts.rest.is_object())
        return refuse("it is not a JSON object");
    return std::move(reader.parts);
}

} // namespace vitrine::model
