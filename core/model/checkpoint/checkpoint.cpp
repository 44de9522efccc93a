#include "core/model/checkpoint/checkpoint.h"

#include "core/model/checkpoint/foreign_file.h"
#include "core/model/checkpoint/tensor_files.h"

namespace vitrine::model
{
namespace
{

namespace fs = std::filesystem;

class StoredTensors : public Checkpoint
{
public:
    explicit StoredTensors(TensorFiles tensors)
        : tensors_(std::move(tensors)), files_(tensors_.files()), notes_(tensors_.notes())
    {
    }

    std::vector<std::string> tensorNames() const override { return tensors_.names(); }
    bool has(const std::string& name) const override { return tensors_.has(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        return tensors_.tensor(name);
    }
    const kernels::BinaryCodes* codes(const std::string& name) const override
    {
        return tensors_.codes(name);
    }
    std::vector<fs::path> files() const override { return files_; }
    std::vector<std::string> notes() const override { return notes_; }

    void addFolder(const fs::path& folder)
    {
        std::error_code ignored;
        if (const auto config = folder / "config.json"; fs::exists(config, ignored))
            files_.insert(files_.begin(), config);
        if (hasAdapter(folder))
            notes_.emplace_back(kAdapterNote);
    }

private:
    TensorFiles tensors_;
    std::vector<fs::path> files_;
    std::vector<std::string> notes_;
};

Result<std::shared_ptr<const Checkpoint>> openFolder(const fs::path& folder)
{
    VITRINE_TRY(TensorFiles tensors, TensorFiles::openFolder(folder));
    const auto checkpoint = std::make_shared<StoredTensors>(std::move(tensors));
    checkpoint->addFolder(folder);
    return checkpoint;
}

Result<std::shared_ptr<const Checkpoint>> openSafetensors(const fs::path& file)
{
    VITRINE_CHECK(refuseForeignFile(file));
    if (file.extension() != ".safetensors")
        return inputError("cannot open {}: tensors are read from a safetensors file, or from a "
                          "folder that holds model.safetensors",
                          file.string());
    VITRINE_TRY(TensorFiles tensors, TensorFiles::openFile(file));
    return std::make_shared<const StoredTensors>(std::move(tensors));
}

} // namespace

Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const fs::path& path)
{
    VITRINE_CHECK(refuseMissing(path));
    std::error_code ignored;
    return fs::is_directory(path, ignored) ? openFolder(path) : openSafetensors(path);
}

} // namespace vitrine::model
