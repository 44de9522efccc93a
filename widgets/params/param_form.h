#pragma once

#include "core/jobs/experiment/params.h"

#include <QWidget>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QComboBox;
class QVBoxLayout;

namespace vitrine
{

class ParamRow;
class SegmentedSwitch;

// A form made from parameter descriptions, both ways: form <-> texts by name as a script would
// write them. Groups have headings, advanced parameters are folded away, alternatives (oneOf) are a
// switch of which one field shows.
class ParamForm : public QWidget
{
    Q_OBJECT
public:
    using Specs = std::vector<ParamSpec>;
    // What the parameters are, given what is chosen already; asked again whenever a choice, model
    // or switch changes.
    using SpecSource = std::function<Specs(const Params& chosen)>;
    using Values = std::map<std::string, std::string>;

    explicit ParamForm(QWidget* parent = nullptr);
    ~ParamForm() override;

    void setSource(SpecSource source, const Values& values = {});

    // Every value that differs from its default, and of alternatives the one that shows.
    Values values() const;
    // Fields not named go back to their defaults; unknown names are left out. Emits nothing.
    void setValues(const Values& values);
    // As setValues, but fields not named stay. An alternative that is named is switched to.
    void merge(const Values& values);

    // Names of the parameters that say something else than a run was made with (of alternatives the
    // one that shows). What the run does not name had its default.
    std::vector<std::string> differencesFrom(const Values& run) const;
    // Marks these, with what the run has instead; none: no run is shown.
    void markDifferencesFrom(const std::optional<Values>& run);

    // One line per field that is wrong or missing; marks them and moves the focus to the first.
    QStringList checkAll();

    ParamRow* row(const std::string& name) const; // nullptr where there is none

signals:
    void edited(const QString& name); // by a person
    void changed();                   // by whom ever
    void runRequested();

private:
    struct Alternatives {
        std::vector<ParamRow*> rows;
        SegmentedSwitch* words = nullptr;
        QComboBox* combo = nullptr;
        int current() const;
        void show(int index);
    };

    Params chosen() const;
    void mergeTexts(const Values& values);
    void rebuild(const Values& values);
    void rebuildIfSpecsChanged();
    void addSection(const std::string& group, const Specs& specs, QVBoxLayout* column);
    void addAlternatives(const Specs& specs, QVBoxLayout* column);
    bool isOut(const ParamRow& row) const; // an alternative to what is given
    bool differs(const ParamRow& row, const Values& run) const;
    ParamRow* addRow(const ParamSpec& spec, QVBoxLayout* column);
    Alternatives* alternativesOf(const ParamRow* row);

    SpecSource source_;
    Specs specs_;
    QWidget* body_ = nullptr;
    std::vector<ParamRow*> rows_;
    std::vector<std::unique_ptr<Alternatives>> alternatives_;
    bool advancedOpen_ = false;
};

} // namespace vitrine
