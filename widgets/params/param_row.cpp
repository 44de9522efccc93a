#include "widgets/params/param_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/params/field.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"

namespace vitrine
{
namespace
{

QToolButton* resetButton(const QString& label, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(theme::icon("reset"));
    button->setIconSize({14, 14});
    button->setFixedSize(20, 20);
    button->setAccessibleName("Reset " + label);
    QSizePolicy keepsPlace = button->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);
    button->setSizePolicy(keepsPlace);
    return button;
}

QString toolTipOf(const ParamSpec& spec, const QString& fallback)
{
    QString text = QString::fromStdString(spec.help);
    if (!fallback.isEmpty())
        text += "\nDefault: " + fallback;
    if (spec.minimum && spec.maximum)
        text += QString("\nRange: %1 to %2").arg(*spec.minimum).arg(*spec.maximum);
    return text + "\nIn scripts: " + QString::fromStdString(spec.name);
}

} // namespace

ParamRow::ParamRow(const ParamSpec& spec, QWidget* parent)
    : QWidget(parent),
      spec_(spec),
      field_(createField(spec, this)),
      help_(new QLabel(QString::fromStdString(spec.help), this)),
      mark_(new QLabel(QString(QChar(0x25cf)), this)),
      reset_(resetButton(QString::fromStdString(spec.label), this))
{
    const QString label = QString::fromStdString(spec.label);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);

    auto* head = new QHBoxLayout;
    head->setSpacing(4);
    if (spec.type == ParamType::boolean) {
        head->addWidget(field_, 1);
    } else {
        auto* name = new QLabel(label, this);
        name->setBuddy(field_->input());
        name->setToolTip(toolTipOf(spec, fallback()));
        head->addWidget(name, 1);
    }
    mark_->setProperty("role", "mark");
    mark_->setAccessibleName(label + " has changed");
    mark_->hide();
    head->addWidget(mark_);
    head->addWidget(reset_);
    column->addLayout(head);
    if (spec.type != ParamType::boolean)
        column->addWidget(field_);
    help_->setWordWrap(true);
    help_->setProperty("role", "caption");
    help_->setVisible(!spec.help.empty());
    column->addWidget(help_);

    field_->input()->setAccessibleName(label);
    field_->input()->setAccessibleDescription(QString::fromStdString(spec.help));
    field_->input()->setToolTip(toolTipOf(spec, fallback()));
    field_->setText(fallback());
    reset_->setToolTip(fallback().isEmpty() ? "Empty this field" : "Back to " + fallback());
    updateReset();

    connect(field_, &Field::edited, this, [this] {
        updateReset();
        showProblem(problem());
        emit edited();
    });
    connect(field_, &Field::settled, this, &ParamRow::settled);
    connect(field_, &Field::runRequested, this, &ParamRow::runRequested);
    connect(reset_, &QToolButton::clicked, this, [this] {
        setText(fallback());
        emit edited();
        emit settled();
    });
}

QString ParamRow::text() const
{
    return field_->text();
}

void ParamRow::setText(const QString& text)
{
    field_->setText(text);
    updateReset();
    showProblem(problem());
}

QString ParamRow::fallback() const
{
    return spec_.fallback ? QString::fromStdString(paramText(*spec_.fallback)) : QString();
}

bool ParamRow::isChanged() const
{
    return text() != fallback();
}

QString ParamRow::problem() const
{
    if (text().isEmpty())
        return {};
    const auto value = parseParam(spec_, text().toStdString());
    return value ? QString() : QString::fromStdString(value.error().message);
}

void ParamRow::setMark(const QString& words)
{
    mark_->setVisible(!words.isEmpty());
    mark_->setToolTip(words);
    mark_->setAccessibleDescription(words);
}

bool ParamRow::mayBeMissing() const
{
    return spec_.optional || spec_.fallback || !spec_.oneOf.empty();
}

void ParamRow::showProblem(const QString& message)
{
    field_->setInvalid(!message.isEmpty());
    help_->setText(message.isEmpty() ? QString::fromStdString(spec_.help) : message);
    const char* role = message.isEmpty() ? "caption" : "error";
    if (help_->property("role").toString() != role) {
        help_->setProperty("role", role);
        help_->style()->unpolish(help_);
        help_->style()->polish(help_);
    }
    help_->setVisible(!help_->text().isEmpty());
}

void ParamRow::updateReset()
{
    reset_->setVisible(isChanged());
}

} // namespace vitrine
