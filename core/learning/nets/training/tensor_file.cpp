#include "core/learning/nets/training/tensor_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "\"";
}

// The header's JSON is a flat, known form; this reader takes just that form and refuses the rest.
class HeaderReader
{
public:
    explicit HeaderReader(const std::string& text) : text_(text) {}

    bool accept(char wanted)
    {
        skipSpace();
        if (at_ >= text_.size() || text_[at_] != wanted)
            return false;
        ++at_;
        return true;
    }

    void expect(char wanted)
    {
        if (!accept(wanted))
            throw std::runtime_error(std::string("header: '") + wanted + "' expected at byte " +
                                     std::to_string(at_));
    }

    std::string string()
    {
        expect('"');
        std::string out;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\')
                ++at_;
            if (at_ < text_.size())
                out += text_[at_++];
        }
        expect('"');
        return out;
    }

    int64_t number()
    {
        skipSpace();
        size_t used = 0;
        const int64_t value = std::stoll(text_.substr(at_, 20), &used);
        at_ += used;
        return value;
    }

    std::vector<int64_t> numbers()
    {
        std::vector<int64_t> out;
        expect('[');
        if (accept(']'))
            return out;
        do
            out.push_back(number());
        while (accept(','));
        expect(']');
        return out;
    }

private:
    void skipSpace()
    {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])))
            ++at_;
    }

    const std::string& text_;
    size_t at_ = 0;
};

struct Entry {
    std::string name, type;
    std::vector<int64_t> shape, offsets;
};

Entry readEntry(HeaderReader& in, const std::string& name)
{
    Entry entry{name, {}, {}, {}};
    in.expect('{');
    do {
        const std::string key = in.string();
        in.expect(':');
        if (key == "dtype")
            entry.type = in.string();
        else if (key == "shape")
            entry.shape = in.numbers();
        else if (key == "data_offsets")
            entry.offsets = in.numbers();
        else
            throw std::runtime_error("header: unknown key \"" + key + "\"");
    } while (in.accept(','));
    in.expect('}');
    return entry;
}

torch::Tensor tensorOf(const Entry& entry, const std::string& data)
{
    const bool half = entry.type == "F16";
    if (!half && entry.type != "F32")
        throw std::runtime_error("tensor \"" + entry.name + "\" is " + entry.type +
                                 ", F16 or F32 expected");
    const auto most = static_cast<int64_t>(data.size());
    int64_t bytes = half ? 2 : 4;
    bool fits = true;
    for (const int64_t size : entry.shape) {
        fits = fits && size >= 0 && (size == 0 || bytes <= most / size);
        bytes = fits ? bytes * size : 0;
    }
    if (!fits || entry.offsets.size() != 2 || entry.offsets[0] < 0 ||
        entry.offsets[1] < entry.offsets[0] || entry.offsets[1] > most ||
        entry.offsets[1] - entry.offsets[0] != bytes)
        throw std::runtime_error("tensor \"" + entry.name + "\" lies outside the data");
    auto tensor = torch::empty(entry.shape, half ? torch::kHalf : torch::kFloat);
    std::memcpy(tensor.data_ptr(), data.data() + entry.offsets[0], static_cast<size_t>(bytes));
    return tensor.to(torch::kFloat);
}

} // namespace

const torch::Tensor* TensorFile::find(const std::string& name) const
{
    for (const auto& [key, tensor] : tensors)
        if (key == name)
            return &tensor;
    return nullptr;
}

void writeWhole(const std::string& path, const std::string& content)
{
    const std::string partial = path + ".partial";
    const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0)
        throw std::runtime_error("cannot write " + partial);
    size_t done = 0;
    while (done < content.size()) {
        const ssize_t n = ::write(file, content.data() + done, content.size() - done);
        if (n <= 0) {
            ::close(file);
            throw std::runtime_error("cannot write " + partial + ": is the disk full?");
        }
        done += static_cast<size_t>(n);
    }
    ::fsync(file);
    ::close(file);
    if (::rename(partial.c_str(), path.c_str()) != 0)
        throw std::runtime_error("cannot rename " + partial + " to " + path);
}

void writeTensorFile(const std::string& path, const TensorFile& file, Storage storage)
{
    const auto type = storage == Storage::f16 ? torch::kHalf : torch::kFloat;
    std::ostringstream header;
    std::string data;
    header << "{\"__metadata__\":{";
    for (auto it = file.metadata.begin(); it != file.metadata.end(); ++it)
        header << (it == file.metadata.begin() ? "" : ",") << quoted(it->first) << ':'
               << quoted(it->second);
    header << '}';
    for (const auto& [name, tensor] : file.tensors) {
        const auto stored = tensor.detach().to(torch::kCPU).to(type).contiguous();
        header << ',' << quoted(name)
               << ":{\"dtype\":" << (storage == Storage::f16 ? "\"F16\"" : "\"F32\"")
               << ",\"shape\":[";
        for (int64_t i = 0; i < stored.dim(); ++i)
            header << (i ? "," : "") << stored.size(i);
        header << "],\"data_offsets\":[" << data.size() << ',' << data.size() + stored.nbytes()
               << "]}";
        data.append(static_cast<const char*>(stored.data_ptr()), stored.nbytes());
    }
    header << '}';

    std::string text = header.str();
    text.append((8 - text.size() % 8) % 8, ' '); // data start on 8 bytes
    std::string content(8, '\0');
    for (int i = 0; i < 8; ++i)
        content[static_cast<size_t>(i)] = static_cast<char>(text.size() >> (8 * i));
    writeWhole(path, content + text + data);
}

TensorFile readTensorFile(const std::string& path)
try {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::runtime_error("it cannot be opened");
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    if (content.size() < 8)
        throw std::runtime_error("it is too short");
    uint64_t size = 0;
    for (int i = 7; i >= 0; --i)
        size = size << 8 | static_cast<unsigned char>(content[static_cast<size_t>(i)]);
    if (size > content.size() - 8)
        throw std::runtime_error("its header is longer than the file");
    const std::string text = content.substr(8, size);
    const std::string data = content.substr(8 + size);

    TensorFile file;
    HeaderReader header(text);
    header.expect('{');
    do {
        const std::string name = header.string();
        header.expect(':');
        if (name != "__metadata__") {
            file.tensors.emplace_back(name, tensorOf(readEntry(header, name), data));
            continue;
        }
        header.expect('{');
        if (header.accept('}'))
            continue;
        do {
            const std::string key = header.string();
            header.expect(':');
            file.metadata[key] = header.string();
        } while (header.accept(','));
        header.expect('}');
    } while (header.accept(','));
    header.expect('}');
    return file;
} catch (const std::exception& error) {
    throw std::runtime_error("cannot read " + path + ": " + error.what());
}

} // namespace vitrine::learning
