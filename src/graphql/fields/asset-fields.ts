/** Assets and accounts: what the view knows of them, list by list. */

import { Arg, Args, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { parseJson } from '../../codec/json-reader.js';
import type { JsonValue } from '../../codec/json-value.js';
import { JsonScalar } from '../json-scalar.js';
import { assetList, balanceList, outputList, transactionList } from '../lists.js';
import { walkProvenance } from '../provenance.js';
import { AmountScalar, TransactionIdScalar } from '../scalars.js';
import { Account, Asset, Balance, Provenance } from '../types/asset.js';
import {
  AssetConnection,
  BalanceConnection,
  type Connection,
  ForwardArgs,
  ForwardOrderArgs,
  OldestFirstArgs,
  OutputConnection,
  TransactionConnection,
} from '../types/connection.js';
import { ProvenanceDirectionEnum } from '../types/enums.js';
import { TransactionLinkInput } from '../types/filters.js';
import { Output } from '../types/output.js';
import { Transaction } from '../types/transaction.js';
import { foundTransaction, transactionById } from './objects.js';

@Resolver(() => Asset)
export class AssetFields {
  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description:
      'What its creator wrote into it: an object or null. Also null while the CREATE is unknown here.',
  })
  async data(@Root() asset: Asset): Promise<JsonValue> {
    if (asset.create !== null) return asset.create.shape.asset.data ?? null;
    const row = await asset.scope.assets.load(asset.id);
    if (row !== null) return parseJson(row.data);
    return (await transactionById(asset.scope, asset.id))?.shape.asset.data ?? null;
  }

  @FieldResolver(() => Transaction, {
    nullable: true,
    description: 'The CREATE transaction; null while it is unknown here: pending elsewhere, or rejected.',
  })
  createdBy(@Root() asset: Asset): Promise<Transaction | null> {
    return transactionById(asset.scope, asset.id);
  }

  @FieldResolver(() => AmountScalar, {
    nullable: true,
    description: 'All the shares that its CREATE made; null while the CREATE is unknown here.',
  })
  async amount(@Root() asset: Asset): Promise<string | null> {
    const create = await transactionById(asset.scope, asset.id);
    if (create === null) return null;
    return create.shape.outputs.reduce((sum, output) => sum + BigInt(output.amount), 0n).toString();
  }

  @FieldResolver(() => TransactionConnection, {
    description: 'Its CREATE and every TRANSFER of it, valid ones.',
  })
  history(
    @Root() asset: Asset,
    @Args(() => OldestFirstArgs) args: OldestFirstArgs,
  ): Promise<Connection<Transaction>> {
    return transactionList(
      asset.scope,
      'asset-history',
      { assetId: asset.id },
      {
        ...args,
        order: args.order ?? 'OLDEST_FIRST',
      },
    );
  }

  @FieldResolver(() => Transaction, {
    nullable: true,
    description: 'The newest valid transaction of it; null when there is none.',
  })
  async latest(@Root() asset: Asset): Promise<Transaction | null> {
    const found = await asset.scope.latest.load(asset.id);
    return found === null ? null : foundTransaction(asset.scope, found);
  }

  @FieldResolver(() => BalanceConnection, { description: 'Who holds its shares, the largest holder first.' })
  holders(@Root() asset: Asset, @Args(() => ForwardArgs) args: ForwardArgs): Promise<Connection<Balance>> {
    const { scope, id } = asset;
    return balanceList(scope, 'holders', args, (request) => scope.parts.queries.holders(id, request));
  }

  @FieldResolver(() => Provenance, {
    complexity: 100,
    description: 'Where its shares came from or where they went, step by step.',
  })
  provenance(
    @Root() asset: Asset,
    @Arg('output', () => TransactionLinkInput, {
      nullable: true,
      description:
        'Begin at this output; left out: ANCESTORS begin at the newest transaction, DESCENDANTS at the CREATE.',
    })
    output: TransactionLinkInput | null,
    @Arg('direction', () => ProvenanceDirectionEnum, {
      nullable: true,
      defaultValue: ProvenanceDirectionEnum.ANCESTORS,
      description: 'Which way to go.',
    })
    direction: keyof typeof ProvenanceDirectionEnum | null,
    @Arg('depth', () => Int, {
      nullable: true,
      defaultValue: 20,
      description: 'How many steps to go at most, 1 to 100.',
    })
    depth: number | null,
  ): Promise<Provenance> {
    return walkProvenance(asset, { output, direction: direction ?? 'ANCESTORS', depth: depth ?? 20 });
  }
}

@Resolver(() => Balance)
export class BalanceFields {
  @FieldResolver(() => Asset, { description: 'The asset that the shares are of.' })
  asset(@Root() balance: Balance): Asset {
    return new Asset(balance.scope, balance.row.assetId);
  }
}

@Resolver(() => Account)
export class AccountFields {
  @FieldResolver(() => OutputConnection, {
    description: 'Outputs that name the key as an owner, alone or with others.',
  })
  outputs(
    @Root() account: Account,
    @Arg('spent', () => Boolean, { nullable: true, description: 'Only spent, or only unspent ones.' })
    spent: boolean | null,
    @Arg('assetId', () => TransactionIdScalar, { nullable: true, description: 'Only shares of this asset.' })
    assetId: string | null,
    @Args(() => ForwardOrderArgs) args: ForwardOrderArgs,
  ): Promise<Connection<Output>> {
    return outputList(account.scope, 'account-outputs', { publicKey: account.key, spent, assetId }, args);
  }

  @FieldResolver(() => BalanceConnection, { description: 'What it owns unspent, by asset and co-owners.' })
  balances(
    @Root() account: Account,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): Promise<Connection<Balance>> {
    const { scope, key } = account;
    return balanceList(scope, 'balances', args, (request) => scope.parts.queries.balances(key, request));
  }

  @FieldResolver(() => AssetConnection, { description: 'Assets that it created, the latest first.' })
  created(@Root() account: Account, @Args(() => ForwardArgs) args: ForwardArgs): Promise<Connection<Asset>> {
    const ordered = { ...args, order: 'NEWEST_FIRST' } as const;
    return assetList(account.scope, 'account-assets', { creator: account.key }, ordered);
  }

  @FieldResolver(() => TransactionConnection, {
    description: 'Valid transactions that name it, as owner before or after.',
  })
  transactions(
    @Root() account: Account,
    @Args(() => ForwardOrderArgs) args: ForwardOrderArgs,
  ): Promise<Connection<Transaction>> {
    return transactionList(account.scope, 'account-transactions', { publicKey: account.key }, args);
  }
}
