import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def from_the_case(apps, schema_editor):
    """Every line belongs to the office of its case."""
    case = apps.get_model("cases", "Case").objects.filter(pk=OuterRef("case_id"))
    apps.get_model("cases", "Event").objects.update(office_id=Subquery(case.values("office_id")[:1]))


def _office(**more):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="estate.office", **more
    )


class Migration(migrations.Migration):

    dependencies = [("cases", "0003_event_at"), ("estate", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="event_at"),
        migrations.AddField("event", "office", _office(null=True)),
        migrations.RunPython(from_the_case, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("event", "office", _office()),
        migrations.AddIndex("event", models.Index(fields=["office", "id"], name="event_newest")),
        migrations.AddIndex("event", models.Index(fields=["office", "at"], name="event_month")),
    ]
