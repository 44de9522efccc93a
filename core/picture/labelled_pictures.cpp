#include "core/picture/labelled_pictures.h"

#include "core/picture/idx.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

class IdxPictures final : public LabelledPictures
{
public:
    IdxPictures(Idx pictures, Idx labels, fs::path picturesFile, fs::path labelsFile)
        : pictures_(std::move(pictures)),
          labels_(std::move(labels)),
          files_{std::move(picturesFile), std::move(labelsFile)}
    {
        for (const std::uint8_t label : labels_.bytes)
            classes_ = std::max<std::int64_t>(classes_, label + 1);
        start_ = files_[0].filename().string();
        start_.resize(std::min(start_.size(), start_.find("-images")));
    }

    std::int64_t count() const override { return labels_.sizes[0]; }
    std::int64_t label(std::int64_t index) const override
    {
        return labels_.bytes[static_cast<std::size_t>(index)];
    }
    std::string name(std::int64_t index) const override
    {
        return fmt::format("{} {}", start_, index);
    }
    Result<Picture> picture(std::int64_t index) const override
    {
        Picture picture{pictures_.sizes[2],
                        pictures_.sizes[1],
                        pictures_.sizes.size() == 4 ? pictures_.sizes[3] : 1,
                        {}};
        const auto size =
            static_cast<std::ptrdiff_t>(picture.width * picture.height * picture.channels);
        const auto begin = pictures_.bytes.begin() + static_cast<std::ptrdiff_t>(index) * size;
        picture.values.assign(begin, begin + size);
        return picture;
    }
    std::int64_t classes() const override { return classes_; }
    const std::vector<std::string>& classNames() const override { return names_; }
    std::vector<fs::path> files() const override { return files_; }

private:
    Idx pictures_, labels_;
    std::vector<fs::path> files_;
    std::string start_;
    std::int64_t classes_ = 0;
    std::vector<std::string> names_;
};

class FolderPictures final : public LabelledPictures
{
public:
    struct Entry {
        fs::path path; // below the folder
        std::int64_t label = 0;
    };
    FolderPictures(fs::path folder, std::vector<std::string> names, std::vector<Entry> entries)
        : folder_(std::move(folder)), names_(std::move(names)), entries_(std::move(entries))
    {
    }

    std::int64_t count() const override { return static_cast<std::int64_t>(entries_.size()); }
    std::int64_t label(std::int64_t index) const override { return at(index).label; }
    std::string name(std::int64_t index) const override { return at(index).path.generic_string(); }
    Result<Picture> picture(std::int64_t index) const override
    {
        return readPicture(folder_ / at(index).path);
    }
    std::int64_t classes() const override { return static_cast<std::int64_t>(names_.size()); }
    const std::vector<std::string>& classNames() const override { return names_; }
    std::vector<fs::path> files() const override { return {}; }

private:
    const Entry& at(std::int64_t index) const { return entries_[static_cast<std::size_t>(index)]; }

    fs::path folder_;
    std::vector<std::string> names_;
    std::vector<Entry> entries_;
};

std::string replacedOnce(std::string text, std::string_view what, std::string_view with)
{
    const auto found = text.rfind(what);
    return found == std::string::npos ? std::string() : text.replace(found, what.size(), with);
}

// Beside a file of pictures; empty: its name does not say.
fs::path labelsBeside(const fs::path& pictures)
{
    std::string name = replacedOnce(pictures.filename().string(), "images", "labels");
    for (const char* sizes : {"idx3", "idx4"})
        if (auto other = replacedOnce(name, sizes, "idx1"); !other.empty())
            name = std::move(other);
    return name.empty() ? fs::path() : pictures.parent_path() / name;
}

Result<std::shared_ptr<const LabelledPictures>> openIdx(const fs::path& pictures)
{
    fs::path labels = labelsBeside(pictures);
    if (!labels.empty() && !fs::exists(labels)) {
        const fs::path other = labels.extension() == ".gz" ? fs::path(labels).replace_extension()
                                                           : fs::path(labels.string() + ".gz");
        labels = fs::exists(other) ? other : labels;
    }
    if (labels.empty() || !fs::exists(labels))
        return inputError("{} has no labels beside it: {} is expected", pictures.string(),
                          labels.empty() ? "a name with \"images\", and the same with \"labels\","
                                         : labels.string());
    VITRINE_TRY(Idx pixels, readIdx(pictures));
    VITRINE_TRY(Idx classes, readIdx(labels));
    const bool isColour = pixels.sizes.size() == 4 && pixels.sizes[3] == 3;
    if (pixels.sizes.size() != 3 && !isColour)
        return inputError("{} has {} sizes; pictures have 3, or 4 with red, green and blue",
                          pictures.string(), pixels.sizes.size());
    if (classes.sizes.size() != 1 || classes.sizes[0] != pixels.sizes[0])
        return inputError("{} holds {} pictures, {} holds {} labels", pictures.string(),
                          pixels.sizes[0], labels.string(), classes.sizes[0]);
    return std::make_shared<IdxPictures>(std::move(pixels), std::move(classes), pictures, labels);
}

// The file of pictures of a split in a folder; empty: there is none.
fs::path idxIn(const fs::path& folder, Split split)
{
    const std::string start = split == Split::training ? "train" : "t10k";
    for (const char* sizes : {"idx3", "idx4"})
        for (const char* ending : {"", ".gz"}) {
            const fs::path path =
                folder / fmt::format("{}-images-{}-ubyte{}", start, sizes, ending);
            if (fs::exists(path))
                return path;
        }
    return {};
}

std::vector<fs::path> foldersIn(const fs::path& folder)
{
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.is_directory(error))
            folders.push_back(entry.path());
    std::ranges::sort(folders);
    return folders;
}

// The folder of a split, or the folder itself where it has none.
fs::path splitFolder(const fs::path& folder, Split split)
{
    if (!fs::is_directory(folder / "train"))
        return folder;
    if (split == Split::training)
        return folder / "train";
    for (const char* name : {"test", "val"})
        if (fs::is_directory(folder / name))
            return folder / name;
    return folder;
}

Result<std::shared_ptr<const LabelledPictures>> openClassFolders(const fs::path& folder)
{
    std::vector<std::string> names;
    std::vector<FolderPictures::Entry> entries;
    for (const fs::path& one : foldersIn(folder)) {
        std::vector<fs::path> pictures;
        std::error_code error;
        for (const auto& entry : fs::recursive_directory_iterator(one, error))
            if (entry.is_regular_file(error) && isPictureName(entry.path()))
                pictures.push_back(fs::relative(entry.path(), folder));
        std::ranges::sort(pictures);
        for (const fs::path& picture : pictures)
            entries.push_back({picture, static_cast<std::int64_t>(names.size())});
        names.push_back(one.filename().string());
    }
    if (entries.empty())
        return inputError("{} holds no labelled pictures: a folder for each class is expected, or "
                          "IDX files as those of MNIST",
                          folder.string());
    return std::make_shared<FolderPictures>(folder, std::move(names), std::move(entries));
}

} // namespace

std::vector<float> LabelledPictures::exact(std::int64_t) const
{
    return {};
}

Result<std::shared_ptr<const LabelledPictures>> openLabelledPictures(const fs::path& path,
                                                                     Split split)
{
    if (!fs::exists(path))
        return inputError("{} does not exist", path.string());
    if (!fs::is_directory(path))
        return openIdx(path);
    if (const fs::path idx = idxIn(path, split); !idx.empty())
        return openIdx(idx);
    if (!idxIn(path, split == Split::test ? Split::training : Split::test).empty())
        return inputError("{} holds no {} pictures, only the others", path.string(),
                          split == Split::test ? "test (\"t10k-\")" : "training (\"train-\")");
    return openClassFolders(splitFolder(path, split));
}

} // namespace vitrine
