#include "widgets/params/param_form.h"

#include <QComboBox>
#include <QLabel>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/base/json.h"
#include "widgets/params/field.h"
#include "widgets/params/param_row.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/style.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kMostSwitchLetters = 34; // of alternatives that fit side by side in the panel

bool decidesOthers(const ParamSpec& spec)
{
    return spec.type == ParamType::choice || spec.type == ParamType::model ||
           spec.type == ParamType::boolean;
}

bool sameSpecs(const ParamForm::Specs& a, const ParamForm::Specs& b)
{
    return std::ranges::equal(
        a, b, [](const ParamSpec& x, const ParamSpec& y) { return toJson(x) == toJson(y); });
}

// Groups in the order in which they first occur.
std::vector<std::string> groupsOf(const ParamForm::Specs& specs)
{
    std::vector<std::string> groups;
    for (const ParamSpec& spec : specs) {
        if (std::ranges::find(groups, spec.group) == groups.end())
            groups.push_back(spec.group);
    }
    return groups;
}

ParamForm::Specs picked(const ParamForm::Specs& specs, auto wanted)
{
    ParamForm::Specs chosen;
    std::ranges::copy_if(specs, std::back_inserter(chosen), wanted);
    return chosen;
}

QVBoxLayout* bareColumn(QWidget* parent, int spacing)
{
    auto* column = new QVBoxLayout(parent);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing);
    return column;
}

// As a run has it: 0.10 is 0.1.
std::string asStored(const ParamSpec& spec, const std::string& text)
{
    const auto value = parseParam(spec, text);
    return value ? paramText(*value) : text;
}

} // namespace

int ParamForm::Alternatives::current() const
{
    return words != nullptr ? words->current() : combo->currentIndex();
}

void ParamForm::Alternatives::show(int index)
{
    if (words != nullptr)
        words->setCurrent(index);
    else
        combo->setCurrentIndex(index);
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i]->setVisible(static_cast<int>(i) == index);
}

ParamForm::ParamForm(QWidget* parent) : QWidget(parent)
{
    bareColumn(this, 0);
}

ParamForm::~ParamForm() = default;

void ParamForm::setSource(SpecSource source, const Values& values)
{
    source_ = std::move(source);
    specs_ = source_(Params{});
    rebuild(values);
    rebuildIfSpecsChanged();
    emit changed();
}

ParamForm::Values ParamForm::values() const
{
    Values values;
    for (const ParamRow* row : rows_) {
        if (isOut(*row) || row->text().isEmpty())
            continue;
        if (row->isChanged() || !row->spec().oneOf.empty())
            values[row->spec().name] = row->text().toStdString();
    }
    return values;
}

void ParamForm::setValues(const Values& values)
{
    for (ParamRow* row : rows_)
        row->setText(row->fallback());
    merge(values);
}

bool ParamForm::isOut(const ParamRow& row) const
{
    return !row.spec().oneOf.empty() && row.isHidden();
}

bool ParamForm::differs(const ParamRow& row, const Values& run) const
{
    const ParamSpec& spec = row.spec();
    const std::string text = row.text().toStdString();
    if (const auto had = run.find(spec.name); had != run.end())
        return asStored(spec, text) != asStored(spec, had->second);
    const bool hadAnother =
        !spec.oneOf.empty() && std::ranges::any_of(specs_, [&](const auto& other) {
            return other.oneOf == spec.oneOf && run.contains(other.name);
        });
    return hadAnother || text != row.fallback().toStdString();
}

std::vector<std::string> ParamForm::differencesFrom(const Values& run) const
{
    std::vector<std::string> names;
    for (const ParamRow* row : rows_)
        if (!isOut(*row) && differs(*row, run))
            names.push_back(row->spec().name);
    return names;
}

void ParamForm::markDifferencesFrom(const std::optional<Values>& run)
{
    for (ParamRow* row : rows_) {
        if (!run || isOut(*row) || !differs(*row, *run)) {
            row->setMark({});
            continue;
        }
        const auto had = run->find(row->spec().name);
        row->setMark("Changed: the run shown has " +
                     (had != run->end()           ? QString::fromStdString(had->second)
                      : row->fallback().isEmpty() ? QString("nothing here")
                                                  : row->fallback()));
    }
}

void ParamForm::merge(const Values& values)
{
    mergeTexts(values);
    emit changed();
}

void ParamForm::mergeTexts(const Values& values)
{
    for (const auto& [name, text] : values) {
        ParamRow* target = row(name);
        if (target == nullptr)
            continue;
        target->setText(QString::fromStdString(text));
        if (Alternatives* group = alternativesOf(target))
            group->show(
                static_cast<int>(std::ranges::find(group->rows, target) - group->rows.begin()));
    }
    const Specs before = specs_;
    rebuildIfSpecsChanged();
    if (sameSpecs(before, specs_))
        return;
    for (const auto& [name, text] : values) { // fields that came into being by what was set
        if (ParamRow* target = row(name); target != nullptr && target->text().toStdString() != text)
            target->setText(QString::fromStdString(text));
    }
}

QStringList ParamForm::checkAll()
{
    QStringList problems;
    ParamRow* first = nullptr;
    for (ParamRow* row : rows_) {
        if (isOut(*row))
            continue;
        QString problem = row->problem();
        const bool oneMustBe =
            !row->spec().oneOf.empty() && !row->spec().optional && !row->spec().fallback;
        if (row->text().isEmpty() && (!row->mayBeMissing() || oneMustBe))
            problem = QString::fromStdString(row->spec().label) + " is needed";
        row->showProblem(problem);
        if (problem.isEmpty())
            continue;
        problems << problem;
        first = first == nullptr ? row : first;
    }
    if (first != nullptr)
        first->field()->input()->setFocus();
    return problems;
}

ParamRow* ParamForm::row(const std::string& name) const
{
    const auto found =
        std::ranges::find_if(rows_, [&](const ParamRow* row) { return row->spec().name == name; });
    return found == rows_.end() ? nullptr : *found;
}

Params ParamForm::chosen() const
{
    Params params;
    for (const ParamRow* row : rows_) {
        if (row->text().isEmpty() || isOut(*row))
            continue;
        if (auto value = parseParam(row->spec(), row->text().toStdString()))
            params.set(row->spec().name, *std::move(value));
    }
    return params;
}

void ParamForm::rebuild(const Values& values)
{
    rows_.clear();
    alternatives_.clear();
    if (body_ != nullptr) {
        body_->hide();
        body_->deleteLater(); // a field of it may be the sender
    }
    body_ = new QWidget(this);
    layout()->addWidget(body_);
    QVBoxLayout* column = bareColumn(body_, theme::kGroupGap);

    const Specs plain = picked(specs_, [](const ParamSpec& spec) { return !spec.advanced; });
    const Specs advanced = picked(specs_, [](const ParamSpec& spec) { return spec.advanced; });
    for (const std::string& group : groupsOf(plain))
        addSection(group, picked(plain, [&](const ParamSpec& spec) { return spec.group == group; }),
                   column);
    if (!advanced.empty()) {
        auto* fold = new QToolButton(body_);
        fold->setText("Advanced");
        fold->setAccessibleName("Advanced parameters");
        fold->setProperty("kind", "fold");
        fold->setCheckable(true);
        fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        auto* inside = new QWidget(body_);
        QVBoxLayout* insideColumn = bareColumn(inside, theme::kGroupGap);
        for (const std::string& group : groupsOf(advanced))
            addSection(group,
                       picked(advanced, [&](const ParamSpec& spec) { return spec.group == group; }),
                       insideColumn);
        const auto open = [this, fold, inside](bool on) {
            advancedOpen_ = on;
            fold->setIcon(theme::icon(on ? "chevron-down" : "chevron-right"));
            inside->setVisible(on);
        };
        connect(fold, &QToolButton::toggled, this, open);
        column->addWidget(fold, 0, Qt::AlignLeft);
        column->addWidget(inside);
        fold->setChecked(advancedOpen_);
        open(advancedOpen_);
    }
    body_->show();
    mergeTexts(values);
}

void ParamForm::rebuildIfSpecsChanged()
{
    Specs now = source_ ? source_(chosen()) : Specs{};
    if (sameSpecs(now, specs_))
        return;
    const Values kept = values();
    const QWidget* focused = focusWidget();
    const QString focusedName =
        focused != nullptr && isAncestorOf(focused) ? focused->accessibleName() : QString();
    specs_ = std::move(now);
    rebuild(kept);
    for (const ParamRow* row : rows_) {
        if (!focusedName.isEmpty() && row->field()->input()->accessibleName() == focusedName)
            row->field()->input()->setFocus();
    }
    emit changed();
}

void ParamForm::addSection(const std::string& group, const Specs& specs, QVBoxLayout* column)
{
    auto* section = new QWidget(body_);
    QVBoxLayout* rows = bareColumn(section, theme::kPanelPadding);
    if (!group.empty()) {
        auto* heading = new QLabel(QString::fromStdString(group), section);
        heading->setProperty("role", "heading");
        rows->addWidget(heading);
    }
    std::vector<std::string> seen;
    for (const ParamSpec& spec : specs) {
        if (spec.oneOf.empty()) {
            addRow(spec, rows);
        } else if (std::ranges::find(seen, spec.oneOf) == seen.end()) {
            seen.push_back(spec.oneOf);
            addAlternatives(
                picked(specs, [&](const ParamSpec& other) { return other.oneOf == spec.oneOf; }),
                rows);
        }
    }
    column->addWidget(section);
}

void ParamForm::addAlternatives(const Specs& specs, QVBoxLayout* column)
{
    auto group = std::make_unique<Alternatives>();
    QStringList words, helps;
    for (const ParamSpec& spec : specs) {
        words << QString::fromStdString(spec.label);
        helps << QString::fromStdString(spec.help);
    }
    Alternatives* made = group.get();
    const auto switched = [this, made](int index) {
        made->show(index);
        emit edited(
            QString::fromStdString(made->rows[static_cast<std::size_t>(index)]->spec().name));
        emit changed();
        rebuildIfSpecsChanged();
    };
    if (words.join("").size() <= kMostSwitchLetters) {
        group->words = new SegmentedSwitch(body_);
        group->words->setOptions(words, helps);
        connect(group->words, &SegmentedSwitch::chosen, this, switched);
        column->addWidget(group->words);
    } else {
        group->combo = new QComboBox(body_);
        group->combo->addItems(words);
        group->combo->setAccessibleName("Given as");
        connect(group->combo, &QComboBox::activated, this, switched);
        column->addWidget(group->combo);
    }
    for (const ParamSpec& spec : specs)
        group->rows.push_back(addRow(spec, column));
    const auto withDefault =
        std::ranges::find_if(specs, [](const ParamSpec& s) { return s.fallback.has_value(); });
    group->show(withDefault == specs.end() ? 0 : static_cast<int>(withDefault - specs.begin()));
    alternatives_.push_back(std::move(group));
}

ParamRow* ParamForm::addRow(const ParamSpec& spec, QVBoxLayout* column)
{
    auto* row = new ParamRow(spec, body_);
    rows_.push_back(row);
    column->addWidget(row);
    connect(row, &ParamRow::edited, this, [this, row] {
        emit edited(QString::fromStdString(row->spec().name));
        emit changed();
    });
    connect(row, &ParamRow::settled, this, [this, row] {
        if (decidesOthers(row->spec()))
            QTimer::singleShot(0, this, [this] { rebuildIfSpecsChanged(); });
    });
    connect(row, &ParamRow::runRequested, this, &ParamForm::runRequested);
    return row;
}

ParamForm::Alternatives* ParamForm::alternativesOf(const ParamRow* row)
{
    for (const auto& group : alternatives_) {
        if (std::ranges::find(group->rows, row) != group->rows.end())
            return group.get();
    }
    return nullptr;
}

} // namespace vitrine
