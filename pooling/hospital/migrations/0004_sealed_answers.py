"""Answers that name people, and files, are sealed. Files wait a week at most: made anew, empty."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('hospital', '0003_statement_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='answer_sealed',
            field=models.BinaryField(null=True),
        ),
        migrations.DeleteModel(name='ExchangeFile'),
        migrations.CreateModel(
            name='ExchangeFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='文件查询号')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('content_sealed', models.BinaryField()),
                ('made_at', models.DateTimeField(db_index=True, verbose_name='建立时间')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.institution', verbose_name='定点机构')),
            ],
            options={
                'verbose_name': '对账文件',
                'verbose_name_plural': '对账文件',
            },
        ),
    ]
