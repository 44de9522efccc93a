#include "app/activity_bar.h"

#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/theme/icon.h"

namespace vitrine
{

ActivityBar::ActivityBar(QWidget* parent) : QFrame(parent), column_(new QVBoxLayout(this))
{
    setObjectName("activityBar");
    setFixedWidth(48);
    setAccessibleName("Pages");
    column_->setContentsMargins(3, 8, 4, 8);
    column_->setSpacing(4);
}

void ActivityBar::addPage(const QString& id, const QString& name, const QString& icon)
{
    QToolButton* button = makeButton(name, icon);
    button->setCheckable(true);
    pages_[id] = button;
    connect(button, &QToolButton::clicked, this, [this, id] { emit chosen(id); });
}

void ActivityBar::addStretch()
{
    column_->addStretch(1);
}

QToolButton* ActivityBar::addButton(const QString& name, const QString& icon)
{
    return makeButton(name, icon);
}

void ActivityBar::setCurrent(const QString& id)
{
    for (const auto& [page, button] : pages_)
        button->setChecked(page == id);
}

QToolButton* ActivityBar::makeButton(const QString& name, const QString& icon)
{
    auto* button = new QToolButton(this);
    button->setProperty("kind", "activity");
    button->setIcon(theme::icon(icon));
    button->setIconSize({20, 20});
    button->setToolTip(name);
    button->setAccessibleName(name);
    column_->addWidget(button);
    return button;
}

} // namespace vitrine
